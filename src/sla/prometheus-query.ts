import type { DurationMs } from '../shared/time.js';
import { formatDuration } from '../shared/units.js';

/** What a Prometheus objective asks of the server, and what it makes of the answer. */
export interface PrometheusQuery {
  /** What it is called in sentences; the query itself where its author gave it no name. */
  readonly name: string;
  readonly query: string;
  readonly evaluation: Evaluation;
}

export type Evaluation =
  /** At points of the phase, `stepMs` apart, the last of them its end. */
  | { readonly kind: 'range'; readonly stepMs: DurationMs; readonly reduce: Reduction }
  /** Once: at the end of the phase, or so long after its start. */
  | { readonly kind: 'instant'; readonly at: 'end' | DurationMs };

/** What the points of a phase become. */
export type Reduction =
  | { readonly kind: 'max' | 'min' | 'avg' | 'last' }
  | { readonly kind: 'percentile'; readonly percent: number };

/** `max of queue length`, `queue length at the end`. */
export function describeQuery({ name, evaluation }: PrometheusQuery): string {
  return evaluation.kind === 'range'
    ? `${describeReduction(evaluation.reduce)} of ${name}`
    : `${name} ${describeWhen(evaluation)}`;
}

/**
 * When it is evaluated: `every 5 s`, `at the end`, `after 10 s`. A reading that was taken at the same times of the same
 * query can be reduced in another way later.
 */
export function describeWhen(evaluation: Evaluation): string {
  if (evaluation.kind === 'range') return `every ${formatDuration(evaluation.stepMs)}`;
  return evaluation.at === 'end' ? 'at the end' : `after ${formatDuration(evaluation.at)}`;
}

function describeReduction(reduce: Reduction): string {
  return reduce.kind === 'percentile' ? `p${reduce.percent}` : reduce.kind;
}
