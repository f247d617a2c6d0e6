import { messageOf } from '../../../shared/errors.js';
import { isForbidden } from '../../../shared/kubernetes/kube-error.js';
import { leftoverResource } from '../chaos-kinds.js';
import type { ChaosState } from '../chaos-state.js';
import type { ChaosPart } from '../chaos-tracker.js';
import type { ClusterAccess } from '../cluster-access.js';
import { findLeftovers } from '../find-leftovers.js';
import { podOf } from '../read-coverage.js';

const RETRY_MS = 1000;
const LOOKS = 3;

export type Leftovers =
  | { readonly status: 'clean'; readonly evidence: string }
  | { readonly status: 'unknown'; readonly evidence: string }
  | { readonly status: 'left'; readonly holders: readonly string[] };

/** What a fault that is gone may have left in the pods that carried it. */
export async function lookForLeftovers(
  { client, clock }: Pick<ClusterAccess, 'client' | 'clock'>,
  parts: readonly ChaosPart[],
  state: ChaosState,
  deadline: AbortSignal,
): Promise<Leftovers> {
  const own = new Set(parts.map(({ id }) => id));
  const kinds = [...new Set(parts.map(({ kind }) => kind))].filter(
    (kind) => leftoverResource(kind) !== undefined,
  );
  const namespaces = [...new Set(state.records.map(({ id }) => id.split('/')[0] ?? ''))].filter(Boolean);
  const pods = new Set(state.records.map(({ id }) => podOf(id)));
  let holders: string[] = [];
  // Chaos Mesh takes the rules out before it lets the object go; a moment is allowed for the news to arrive.
  for (let look = 0; look < LOOKS; look++) {
    try {
      const found = await Promise.all(
        namespaces.map(async (namespace) => await findLeftovers(client, namespace, kinds, deadline)),
      );
      const left = found
        .flat()
        .filter(({ source, pod }) => (source === undefined ? pods.has(pod) : own.has(source)));
      holders = left.map(({ holder, what }) => `${holder} (${what})`);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      return { status: 'unknown', evidence: ` (leftovers not looked for: ${messageOf(error)})` };
    }
    if (holders.length === 0) {
      return kinds.length > 0
        ? { status: 'clean', evidence: ', no leftovers in the pods' }
        : { status: 'unknown', evidence: '' };
    }
    await clock.sleep(RETRY_MS, deadline);
  }
  return { status: 'left', holders };
}
