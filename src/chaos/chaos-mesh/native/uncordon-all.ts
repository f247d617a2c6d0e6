import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import type { ClusterAccess } from '../cluster-access.js';
import { type CordonHistory, type Uncordoned, uncordonNode } from './uncordon-node.js';

export interface NodeEnd {
  readonly name: string;
  readonly end: Uncordoned;
}

/** Takes back what a run has cordoned, all at once. Never rejects. */
export async function uncordonAll(
  { client, clock, runId }: Pick<ClusterAccess, 'client' | 'clock' | 'runId'>,
  names: readonly string[],
  historyOf: (name: string) => CordonHistory,
  deadline: AbortSignal,
): Promise<readonly NodeEnd[]> {
  return await Promise.all(
    names.map(async (name) => ({
      name,
      end: await uncordonNode({ client, clock, runId }, name, historyOf(name), deadline),
    })),
  );
}

/** `node-a schedulable again`. */
export function describeEnd({ name, end }: NodeEnd): string {
  switch (end.status) {
    case 'schedulable':
      return `${name} schedulable again`;
    case 'gone':
      return `${name} is no node any more`;
    case 'handed-over':
      return `${name} left as somebody else cordoned it meanwhile`;
    case 'left':
      return `${name} still cordoned: ${end.reason}`;
  }
}

/** Which nodes are still cordoned, why, and what to do by hand. */
export function describeLeft(
  client: Pick<KubeClient, 'kubectl'>,
  left: readonly NodeEnd[],
): { readonly reason: string; readonly remedy: string } {
  const reasons = left.map(({ name, end }) => `node ${name}: ${end.status === 'left' ? end.reason : ''}`);
  return {
    reason: `not proven schedulable: ${reasons.join('; ')}`,
    remedy: `${client.kubectl} uncordon ${left.map(({ name }) => name).join(' ')}`,
  };
}
