import type { ReadingUnit } from '../shared/format-reading.js';
import type { PrometheusQuery } from './prometheus-query.js';
import type { FailureTreatment } from './treat-failures.js';

/** The phases that objectives are written for. */
export const JUDGED_PHASES = ['steady', 'fault', 'recovery'] as const;
export type JudgedPhase = (typeof JUDGED_PHASES)[number];

/** What is read (SLI). Latencies are in microseconds, errors and availability shares of 1, rate per second, recovery in ms. */
export type Indicator =
  | { readonly kind: 'percentile'; readonly percent: number }
  | { readonly kind: 'mean' | 'max' | 'errors' | 'availability' | 'rate' | 'dropped' | 'recovery' }
  | { readonly kind: 'prometheus'; readonly query: PrometheusQuery }
  | BenchmarkIndicator
  | MetricIndicator;

/** What is read of a metric of the load. */
export type MetricStatistic =
  | { readonly kind: 'percentile'; readonly percent: number }
  /** `value`: what the type of the metric makes clear. `rate`: a share of a Rate, per second of a Counter. */
  | { readonly kind: 'mean' | 'min' | 'max' | 'last' | 'count' | 'rate' | 'value' };

/** A metric of the load, other than its requests: `metric("queue_wait", "p95")`, `check("status is 201")`. */
export interface MetricIndicator {
  readonly kind: 'metric';
  readonly name: string;
  readonly statistic: MetricStatistic;
  /** That of the limit: a load does not say before it runs what its metrics are. */
  readonly unit: IndicatorUnit;
  /** The name of the check; its samples are those of the metric `checks` that carry it. */
  readonly check?: string;
}

/** `bench("BenchmarkSubmit", "p95-ms")`: the median of what it reported, in its own unit. */
export interface BenchmarkIndicator {
  readonly kind: 'bench';
  readonly name: string;
  readonly unit: string;
}

export type Comparator = '<' | '<=' | '>' | '>=';

/** The unit of an indicator's readings and limits. */
export type IndicatorUnit = ReadingUnit;

/** What the reading is held against, in the indicator's own unit. */
export type Limit =
  | { readonly kind: 'absolute'; readonly value: number }
  /** `3x steady`, `110% of baseline`: factor times the reading of that window. */
  | { readonly kind: 'ratio'; readonly factor: number; readonly of: 'steady' | 'baseline' }
  /** `steady + 250ms`. */
  | { readonly kind: 'offset'; readonly plus: number; readonly of: 'steady' | 'baseline' };

/** Indicator with its limit (SLO). */
export interface Objective {
  /** As the user wrote it; it names the objective everywhere. */
  readonly text: string;
  readonly indicator: Indicator;
  /** `{name="POST /orders", method="POST"}`; empty: all requests together. */
  readonly tags: Readonly<Record<string, string>>;
  readonly comparator: Comparator;
  readonly limit: Limit;
  /** Fewer samples make it inconclusive; undefined: what the statistics ask for. */
  readonly minSamples?: number;
  /** `point`: the reading alone is compared, without its interval. */
  readonly confidence?: 'point';
  /** What failed requests are to a latency; undefined: as measured. */
  readonly failures?: FailureTreatment;
  /** Beyond it a warning is shown; it changes no outcome. By the same comparator. */
  readonly warn?: Limit;
  /** How much it counts in the score; undefined: 1. */
  readonly weight?: number;
  readonly description?: string;
  /** Set where the k6 script has it among its own thresholds, and not the experiment. */
  readonly origin?: 'threshold';
}

/** All objectives of an experiment. */
export type Sla = Readonly<Record<JudgedPhase, readonly Objective[]>>;

/** A condition that ends the fault at once: `errors > 50% for 5s`. */
export interface StopCondition {
  readonly text: string;
  readonly indicator: Indicator;
  readonly comparator: Comparator;
  readonly limit: number;
  /** What failed requests are to a latency; undefined: as measured. */
  readonly failures?: FailureTreatment;
  /** It must hold on every whole second of this long. */
  readonly forMs: number;
}
