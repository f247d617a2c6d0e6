import type { Result } from '../experiments/result-schema.js';
import { formatShare } from '../shared/units.js';

/** `83 %, 5 of 6 objectives met`; with weights `83 %, 5 of a weight of 6`. Undefined in results that have none. */
export function describeScore({ score, judgements }: Result): string | undefined {
  if (score === undefined) return undefined;
  const { share, met, of } = score;
  return isWeighted(judgements)
    ? `${formatShare(share)}, objectives with ${met} of a weight of ${of} met`
    : `${formatShare(share)}, ${met} of ${of} objectives met`;
}

/** Whether somebody has said that objectives do not count alike. */
export function isWeighted(judgements: Result['judgements']): boolean {
  return judgements.some(({ weight }) => weight !== undefined);
}
