import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import { runArguments } from '../k6/k6-command.js';
import type { LoadReads } from '../load-reads.js';
import { RUNNER_LABELS } from './runner-config.js';
import type { PodParts, RunnerParts } from './runner-engine.js';
import {
  ARCHIVE_FILE,
  ROWS_PIPE,
  RUNNER_FILE,
  RUNNER_FOLDER,
  RUNNER_SCRIPT,
  SERVE_FILE,
  SERVE_SCRIPT,
  UNPACKED_ARCHIVE,
  WORK_FOLDER,
} from './runner-scripts.js';

export const RUNNER_CONTAINER = 'k6';

export function runLabels(runId: string): Readonly<Record<string, string>> {
  return { [MANAGER_LABEL]: 'plimsoll', [RUN_LABEL]: runId };
}

export function podLabels({ config, runId }: PodParts): Readonly<Record<string, string>> {
  return { ...config.labels, ...RUNNER_LABELS, ...runLabels(runId) };
}

/** What a runner hands to its k6. */
export function k6Arguments(reads: LoadReads): readonly string[] {
  return runArguments(UNPACKED_ARCHIVE, ROWS_PIPE, reads);
}

/** The command of each runner, for those who read a plan. */
export function runnerCommands(
  runners: number,
  reads: LoadReads,
  further: readonly string[],
): readonly (readonly string[])[] {
  const sequence = ['0', ...Array.from({ length: runners - 1 }, (_, at) => `${at + 1}/${runners}`), '1'];
  return Array.from({ length: runners }, (_, index) => [
    'k6',
    ...k6Arguments(reads),
    ...further,
    `--execution-segment=${index}/${runners}:${index + 1}/${runners}`,
    `--execution-segment-sequence=${sequence.join(',')}`,
  ]);
}

interface PodSettings {
  readonly serviceAccountName?: string;
  readonly nodeSelector: object;
  readonly tolerations: readonly object[];
  readonly imagePullSecrets: readonly object[];
  readonly topologySpreadConstraints: readonly object[];
  readonly securityContext: object;
}

/** Where the pods may run, and what they may do: they fulfil the Pod Security Standard `restricted`. */
export function podSettings(
  { config }: PodParts,
  spreadLabels: Readonly<Record<string, string>>,
): PodSettings {
  const { imagePullSecrets, serviceAccount, nodeSelector, tolerations } = config;
  return {
    ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
    nodeSelector,
    tolerations,
    imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })),
    // Two runners on one node share its processors: other nodes first, where there are any.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: spreadLabels },
      },
    ],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  };
}

export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

interface ContainerSettings {
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly env: readonly object[];
  readonly resources: object;
  readonly volumeMounts: readonly object[];
}

/** Image, environment, resources and mounts of the container of k6. */
export function containerSettings({ name, image, config, variables }: PodParts): ContainerSettings {
  const { imagePullPolicy, resources } = config;
  return {
    image,
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    env: variables.map((variable) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name, key: secretKeyOf(variable) } },
    })),
    resources,
    volumeMounts: [
      { name: 'script', mountPath: RUNNER_FOLDER, readOnly: true },
      { name: 'work', mountPath: WORK_FOLDER },
    ],
  };
}

/** @param programs files of the Secret besides those that every runner has */
export function podVolumes({ name }: PodParts, programs: readonly string[] = []): readonly object[] {
  return [
    {
      name: 'script',
      secret: {
        secretName: name,
        defaultMode: 0o555,
        items: [RUNNER_FILE, SERVE_FILE, ARCHIVE_FILE, ...programs].map((key) => ({ key, path: key })),
      },
    },
    { name: 'work', emptyDir: {} },
  ];
}

/**
 * The archive holds headers and bodies, the environment tokens: both are nobody's business. It goes with its owner.
 *
 * @param programs by name, as podVolumes() mounts them
 */
export function buildSecret(
  { name, runId, config, load }: RunnerParts,
  packed: Buffer,
  owner: KubeObject,
  programs: Readonly<Record<string, string>> = {},
): object {
  const env = load.kind === 'k6-script' ? load.env : {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: config.namespace,
      labels: runLabels(runId),
      ownerReferences: [ownerReference(owner)],
    },
    immutable: true,
    data: { [ARCHIVE_FILE]: packed.toString('base64') },
    stringData: {
      [RUNNER_FILE]: RUNNER_SCRIPT,
      [SERVE_FILE]: SERVE_SCRIPT,
      ...programs,
      ...Object.fromEntries(Object.entries(env).map(([key, value]) => [secretKeyOf(key), value])),
    },
  };
}

/** What has it goes with its owner. */
export function ownerReference({ apiVersion, kind, metadata }: KubeObject): object {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
}

function secretKeyOf(variable: string): string {
  return `env.${variable}`;
}
