import type { Result } from '../experiments/result-schema.js';
import { formatCount, formatShare } from '../shared/units.js';
import { formatMaybeMs, formatRatio } from './format-reading.js';

/** One trial of several, in a line. */
export interface TrialView {
  readonly name: string;
  readonly order: string;
  readonly steadyP95: string;
  readonly faultP95: string;
  readonly ratio: string;
  readonly errors: string;
  readonly requests: string;
  readonly recovery: string;
}

export interface TrialsView {
  readonly heading: string;
  readonly rows: readonly TrialView[];
}

/** `2 of at most 3 trials, judged together`; undefined where there was only to be one. */
export function describeTrials({ trials, plan }: Result): string | undefined {
  if (trials === undefined || trials.length === 0) return undefined;
  const planned = plan.trials ?? trials.length;
  const many =
    planned === trials.length ? `${planned} trials` : `${trials.length} of at most ${planned} trials`;
  return `${many}, judged together`;
}

/** Null where there was only to be one. */
export function viewTrials(result: Result): TrialsView | null {
  const heading = describeTrials(result);
  if (heading === undefined) return null;
  return {
    heading,
    rows: (result.trials ?? []).map(({ trial, faultFirst, steady, fault, recoveryMs }) => ({
      name: String(trial),
      order: faultFirst ? 'fault, steady' : 'steady, fault',
      steadyP95: formatMaybeMs(steady.p95Ms),
      faultP95: formatMaybeMs(fault.p95Ms),
      ratio: formatRatio(steady.p95Ms, fault.p95Ms) ?? '–',
      errors: fault.requests === 0 ? '–' : formatShare(fault.failures / fault.requests),
      requests: formatCount(fault.requests),
      recovery: formatMaybeMs(recoveryMs),
    })),
  };
}
