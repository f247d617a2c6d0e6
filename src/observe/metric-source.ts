import type { DurationMs, EpochMs } from '../shared/time.js';

/** Where the metrics of services are kept; today a Prometheus server. */
export interface MetricSource {
  /** Its address as it may be shown: no user, no password, no query. */
  readonly address: string;
  /** How long to wait for what is yet to be scraped. */
  readonly maxLagMs: DurationMs;
  /** The expression at one moment; without one, now by the server's clock. Never rejects, but with the signal's reason. */
  query(query: string, atMs: EpochMs | undefined, signal: AbortSignal): Promise<MetricAnswer>;
  /** The expression at each step, the first and the last moment among them. Never rejects, but with the signal's reason. */
  queryRange(query: string, range: MetricRange, signal: AbortSignal): Promise<MetricAnswer>;
}

export interface MetricRange {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly stepMs: DurationMs;
}

export type MetricAnswer =
  | { readonly status: 'answered'; readonly series: readonly MetricSeries[] }
  /** The server cannot read the expression, or not carry it out; `reason` is what it says. */
  | { readonly status: 'refused'; readonly reason: string }
  /** It gave no answer that makes sense. */
  | { readonly status: 'unreachable'; readonly reason: string };

export interface MetricSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** In order of time; points without data are missing. Values may be NaN or infinite. */
  readonly points: readonly { readonly atMs: EpochMs; readonly value: number }[];
}
