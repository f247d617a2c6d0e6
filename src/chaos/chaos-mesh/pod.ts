import type { KubeObject } from '../../shared/kubernetes/kube-client.js';

/** What Plimsoll keeps of a pod. */
export interface Pod {
  /** `namespace/name` */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly phase: string;
  readonly ready: boolean;
  readonly deleting: boolean;
  readonly node: string;
  /** `ReplicaSet/orders-7d4f`; empty where nobody would start it again. */
  readonly owner: string;
  /** Of all its containers. */
  readonly restarts: number;
  /** How a container of it last ended that was started again: `app: OOMKilled`, `app: Error, exit code 1`. */
  readonly lastEnd?: string;
}

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly name?: string;
  readonly restartCount?: number;
  readonly lastState?: {
    readonly terminated?: {
      readonly reason?: string;
      readonly exitCode?: number;
      readonly finishedAt?: string;
    };
  };
}

export function readPod(object: KubeObject): Pod {
  const {
    name,
    namespace = '',
    uid = '',
    labels = {},
    annotations = {},
    ownerReferences = [],
  } = object.metadata;
  const status: PodStatus = object.status ?? {};
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return {
    id: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    labels,
    annotations,
    phase: status.phase ?? 'Unknown',
    ready:
      status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    deleting: object.metadata.deletionTimestamp !== undefined,
    node: textOf(object.spec?.nodeName),
    owner: owner === undefined ? '' : `${owner.kind}/${owner.name}`,
    restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    ...lastEndOf(status.containerStatuses ?? []),
  };
}

function lastEndOf(containers: readonly ContainerStatus[]): Pick<Pod, 'lastEnd'> {
  const ends = containers
    .flatMap(({ name = '', lastState }) => {
      const ended = lastState?.terminated;
      return ended === undefined ? [] : [{ ...ended, name }];
    })
    .sort((a, b) => (a.finishedAt ?? '').localeCompare(b.finishedAt ?? ''));
  const last = ends.at(-1);
  if (last === undefined) return {};
  const code = last.exitCode === undefined || last.exitCode === 0 ? '' : `, exit code ${last.exitCode}`;
  return { lastEnd: `${last.name}: ${last.reason ?? 'unknown'}${code}` };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether it can carry a fault: anything else gives `Not Injected`, for ever. */
export function isRunning({ phase, deleting }: Pod): boolean {
  return phase === 'Running' && !deleting;
}

export function isServing(pod: Pod): boolean {
  return isRunning(pod) && pod.ready;
}
