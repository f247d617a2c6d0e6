import { RUNNER_LABELS, type RunnersConfig } from '../runners/runner-config.js';
import {
  ARCHIVE_FILE,
  ROWS_PIPE,
  RUNNER_FILE,
  RUNNER_FOLDER,
  SERVE_FILE,
  UNPACKED_ARCHIVE,
  WORK_FOLDER,
} from '../runners/runner-scripts.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import { runArguments } from '../k6/k6-command.js';
import type { LoadReads } from '../load-reads.js';

export const RUNNER_CONTAINER = 'k6';
/** A Job that has ended goes by itself after this, should nobody have deleted it. */
const TTL_SECONDS = 300;

export interface JobParts {
  readonly name: string;
  readonly runId: string;
  readonly runners: number;
  /** What is read of their rows. */
  readonly reads: LoadReads;
  readonly image: string;
  readonly config: RunnersConfig;
  /** Names of the script's environment variables; their values are in the Secret. */
  readonly variables: readonly string[];
  /** After this Kubernetes itself ends the load, whatever has become of Plimsoll. */
  readonly longestSeconds: number;
}

export function runLabels(runId: string): Readonly<Record<string, string>> {
  return { [MANAGER_LABEL]: 'plimsoll', [RUN_LABEL]: runId };
}

/** What a runner hands to its k6. */
export function k6Arguments(reads: LoadReads): readonly string[] {
  return runArguments(UNPACKED_ARCHIVE, ROWS_PIPE, reads);
}

/**
 * The Job of all runners, suspended: its pods come once the Secret is there that they mount. It fulfils the Pod Security
 * Standard `restricted`, and no pod is replaced: what a runner had measured went with it.
 */
export function buildJob(parts: JobParts): object {
  const { name, runId, runners, config, longestSeconds } = parts;
  const labels = { ...config.labels, ...RUNNER_LABELS, ...runLabels(runId) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: config.namespace, labels },
    spec: {
      suspend: true,
      completionMode: 'Indexed',
      completions: runners,
      parallelism: runners,
      backoffLimitPerIndex: 0,
      maxFailedIndexes: runners,
      activeDeadlineSeconds: longestSeconds,
      ttlSecondsAfterFinished: TTL_SECONDS,
      template: { metadata: { labels }, spec: podSpec(parts) },
    },
  };
}

function podSpec({ name, runners, reads, image, config, variables }: JobParts): object {
  const { imagePullPolicy, imagePullSecrets, serviceAccount, nodeSelector, tolerations, resources } = config;
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
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
        labelSelector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
      },
    ],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: RUNNER_CONTAINER,
        image,
        ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
        command: ['sh', `${RUNNER_FOLDER}/${RUNNER_FILE}`],
        args: k6Arguments(reads),
        env: [
          { name: 'PLIMSOLL_RUNNERS', value: String(runners) },
          ...variables.map((variable) => ({
            name: variable,
            valueFrom: { secretKeyRef: { name, key: secretKeyOf(variable) } },
          })),
        ],
        resources,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'script', mountPath: RUNNER_FOLDER, readOnly: true },
          { name: 'work', mountPath: WORK_FOLDER },
        ],
      },
    ],
    volumes: [
      {
        name: 'script',
        secret: {
          secretName: name,
          defaultMode: 0o555,
          items: [RUNNER_FILE, SERVE_FILE, ARCHIVE_FILE].map((key) => ({ key, path: key })),
        },
      },
      { name: 'work', emptyDir: {} },
    ],
  };
}

export function secretKeyOf(variable: string): string {
  return `env.${variable}`;
}

/** The command of each runner, for those who read a plan. */
export function runnerCommands(runners: number, reads: LoadReads): readonly (readonly string[])[] {
  const sequence = ['0', ...Array.from({ length: runners - 1 }, (_, at) => `${at + 1}/${runners}`), '1'];
  return Array.from({ length: runners }, (_, index) => [
    'k6',
    ...k6Arguments(reads),
    `--execution-segment=${index}/${runners}:${index + 1}/${runners}`,
    `--execution-segment-sequence=${sequence.join(',')}`,
  ]);
}
