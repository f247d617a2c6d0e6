import { formatDuration } from '../shared/units.js';
import type { Reading } from './judgement.js';
import type { Objective } from './objective.js';

type NotRecovered = Extract<Reading, { readonly status: 'at-least' }>;

/** Of a recovery that was not seen: `the service had not recovered 9 s after the fault was told to end, over the limit of 5 s: ...`. */
export function describeNotRecovered({ value, still }: NotRecovered, limit?: number, bound = ''): string {
  const why = still === undefined ? '' : `: ${still}`;
  const said = `the service had not recovered ${formatDuration(value)} after the fault was told to end`;
  if (limit === undefined) return said + why;
  return value < limit
    ? `${said}${why}; the recovery phase was too short to hold it against ${bound}`
    : `${said}, over ${bound}${why}`;
}

/** What a reader has to know of a recovery that was not seen, where no objective asks for it. */
export function describeUnasked(recovery: Reading, objectives: readonly Objective[]): string | undefined {
  if (recovery.status !== 'at-least') return undefined;
  if (objectives.some(({ indicator }) => indicator.kind === 'recovery')) return undefined;
  return `${describeNotRecovered(recovery)}; to have it judged, add an objective such as "recovery <= 15s" to sla.recovery`;
}
