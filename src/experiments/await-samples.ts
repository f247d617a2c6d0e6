import type { MetricSource } from '../observe/metric-source.js';
import { readPromql } from '../observe/read-promql.js';
import type { Clock, EpochMs } from '../shared/time.js';

/** How often the server is asked whether it has scraped what is waited for. */
const LOOK_MS = 500;

export interface AwaitedSamples {
  readonly source: MetricSource;
  readonly queries: readonly string[];
  /** There is to be a sample of each series that the queries read at this moment or later. */
  readonly untilMs: EpochMs;
  readonly clock: Clock;
}

/**
 * Waits until the server has scraped what the queries read up to a moment; for no longer than `maxLagMs` after it. Series
 * that the server does not have, or that stand still, are not waited for. Rejects with the signal's reason alone.
 */
export async function awaitSamples(awaited: AwaitedSamples, signal: AbortSignal): Promise<void> {
  const { source, queries, untilMs, clock } = awaited;
  const selectors = new Set(queries.flatMap((query) => readPromql(query).selectors));
  const deadlineMs = untilMs + source.maxLagMs;
  for (const selector of selectors) {
    for (;;) {
      const newestMs = await newestSample(source, selector, signal);
      if (newestMs === undefined || newestMs >= untilMs || clock.nowMs() >= deadlineMs) break;
      if (newestMs < untilMs - source.maxLagMs) break; // it has stopped, or is scraped more seldom than that
      await clock.sleep(LOOK_MS, signal);
    }
  }
}

/** When the newest sample of a selector was taken; undefined where there is none, or no telling. */
export async function newestSample(
  source: MetricSource,
  selector: string,
  signal: AbortSignal,
): Promise<EpochMs | undefined> {
  const answer = await source.query(`max(timestamp(${selector}))`, undefined, signal);
  const value = answer.status === 'answered' ? answer.series[0]?.points[0]?.value : undefined;
  return value === undefined || Number.isNaN(value) ? undefined : value * 1000;
}
