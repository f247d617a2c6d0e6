import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { isNotFound, isUnanswered, KubeError } from '../../../shared/kubernetes/kube-error.js';
import { objectPath, PODS } from '../../../shared/kubernetes/object-path.js';
import type { DurationMs } from '../../../shared/time.js';
import type { Pod } from '../pod.js';

/** What the Eviction API says to one request. */
export type EvictionAnswer =
  | { readonly status: 'evicted' }
  /** It is there no more, or another one has its name. */
  | { readonly status: 'gone' }
  /** Not now: a budget does not allow it, or the API server is busy. */
  | {
      readonly status: 'refused';
      /** `PodDisruptionBudget shop/orders needs 2 healthy pods and has 2 currently`. */
      readonly reason: string;
      readonly retryAfterMs: DurationMs | undefined;
    }
  /** Whether it was carried out is not known. */
  | { readonly status: 'unanswered'; readonly reason: string }
  /** It will be refused however often it is asked for; `forbidden`: since a right is missing. */
  | { readonly status: 'impossible' | 'forbidden'; readonly reason: string };

export interface EvictionRequest {
  readonly pod: Pod;
  /** Undefined: the pod's own. */
  readonly gracePeriodSeconds: number | undefined;
  /** The API server only says what it would do. */
  readonly dryRun: boolean;
}

/** Why a pod under more than one budget stays where it is. */
export const UNDER_SEVERAL =
  'several PodDisruptionBudgets cover it, and the Eviction API then evicts nothing';

/** Asks once. Throws nothing but bugs and the signal's reason. */
export async function askEviction(
  client: KubeClient,
  { pod, gracePeriodSeconds, dryRun }: EvictionRequest,
  signal: AbortSignal,
): Promise<EvictionAnswer> {
  const { namespace, name, uid } = pod;
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
    deleteOptions: {
      // Not another pod of the same name, which a StatefulSet would make.
      preconditions: { uid },
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(dryRun ? { dryRun: ['All'] } : {}),
    },
  };
  try {
    await client.send(
      { method: 'POST', path: `${objectPath(PODS, namespace, name)}/eviction`, body },
      signal,
    );
    return { status: 'evicted' };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return answerOf(error, namespace);
  }
}

function answerOf(error: KubeError, namespace: string): EvictionAnswer {
  const { status, message, details } = error;
  if (isNotFound(error) || status === 409) return { status: 'gone' };
  if (status === 429) {
    const cause = details.causes.find(({ reason }) => reason === 'DisruptionBudget');
    const reason = cause === undefined ? message : nameBudget(cause.message, namespace);
    return { status: 'refused', reason, retryAfterMs: details.retryAfterMs };
  }
  if (status === 500 && message.includes('more than one PodDisruptionBudget')) {
    return { status: 'impossible', reason: UNDER_SEVERAL };
  }
  if (isUnanswered(error) || status >= 500) return { status: 'unanswered', reason: message };
  const lacksRight = status === 403 && message.includes('cannot create resource');
  return { status: lacksRight ? 'forbidden' : 'impossible', reason: message };
}

/** Kubernetes writes `The disruption budget orders needs 2 healthy pods and has 2 currently`. */
function nameBudget(message: string, namespace: string): string {
  const [, name, says] = /^The disruption budget (\S+) (.+?)\.?$/.exec(message) ?? [];
  return name === undefined ? message : `PodDisruptionBudget ${namespace}/${name} ${says ?? ''}`;
}
