import type { KubeObject } from '../../shared/kubernetes/kube-client.js';

/** What is read of the pod of a runner. */
export interface RunnerPod {
  readonly name: string;
  readonly uid: string;
  /** From 0. */
  readonly index: number;
  readonly node: string | undefined;
  readonly state:
    | { readonly kind: 'running' }
    /** It may yet come to run. */
    | { readonly kind: 'waiting'; readonly reason: string }
    /** It will never run, or runs no longer. */
    | { readonly kind: 'lost'; readonly reason: string };
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number };
  };
}

/** Kubernetes tries again and again; nobody who waits a minute longer gets anything from it. */
const HOPELESS = ['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'];

export function readRunnerPod(pod: KubeObject, indexOf: (pod: KubeObject) => number): RunnerPod {
  const { name, uid = '' } = pod.metadata;
  const { nodeName } = (pod.spec ?? {}) as { nodeName?: string };
  return { name, uid, index: indexOf(pod), node: nodeName, state: stateOf(pod) };
}

function stateOf({ metadata, status = {} }: KubeObject): RunnerPod['state'] {
  const { phase, reason, message, conditions = [], containerStatuses = [] } = status as PodStatus;
  const [container] = containerStatuses;
  const { running, waiting, terminated } = container?.state ?? {};
  if (phase === 'Failed' || phase === 'Succeeded' || terminated !== undefined) {
    const code = terminated?.exitCode === undefined ? '' : `exit code ${terminated.exitCode}`;
    const why = [reason ?? terminated?.reason ?? 'ended', message ?? terminated?.message ?? code];
    return { kind: 'lost', reason: why.filter((part) => part !== '').join(': ') };
  }
  if (metadata.deletionTimestamp !== undefined) {
    const disrupted = conditions.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
    const why = disrupted?.message ?? disrupted?.reason;
    return { kind: 'lost', reason: `it was deleted${why === undefined ? '' : `: ${why}`}` };
  }
  if (running !== undefined) return { kind: 'running' };
  if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating') {
    const said = waiting.message === undefined ? waiting.reason : `${waiting.reason}: ${waiting.message}`;
    return { kind: HOPELESS.includes(waiting.reason) ? 'lost' : 'waiting', reason: said };
  }
  const unscheduled = conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (unscheduled !== undefined) {
    return {
      kind: 'waiting',
      reason: `${unscheduled.reason ?? 'not scheduled'}: ${unscheduled.message ?? ''}`,
    };
  }
  return { kind: 'waiting', reason: 'its container is being created' };
}
