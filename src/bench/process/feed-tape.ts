import type { Clock, DurationMs, EpochMs } from '../../shared/time.js';
import type { TapeWriter } from '../load-generator.js';
import { RESULT_NO_RESPONSE } from '../sample-batch.js';
import type { MetricBatch } from '../metric-batch.js';
import type { CollectedSamples, OpenRequest } from './collected-samples.js';

/**
 * A load program stamps a row, and then puts it into the one queue that leads to its output. A row that was stamped
 * earlier than another can stand behind it by the time between these two, which is long only where threads wait for a
 * processor.
 */
export const ORDER_SLACK_MS: DurationMs = 250;

/** Of a metric that was never declared: no tape has so many. */
const UNKNOWN_SERIES = 0xffff;

export interface TapeFeed {
  write(rows: CollectedSamples): void;
  /** From now on nothing is promised past this moment: requests may yet be given up at it. */
  holdAt(atMs: EpochMs): void;
  /** Writes requests that will never have a response, given up at a moment. */
  giveUp(open: readonly OpenRequest[], atMs: EpochMs): void;
  /** Says that nothing will come any more. */
  end(atMs: EpochMs): void;
  /** Samples written. */
  requests(): number;
  /** Samples that came after it had been said that nothing of their time is missing. */
  late(): number;
}

/** Brings to the tape what the reading thread tells. */
export function createTapeFeed(tape: TapeWriter, clock: Clock): TapeFeed {
  /** By the process's index, the tape's. */
  const endpoints: number[] = [];
  /** The same for metrics. */
  const series = new Map<number, number>();
  let heldAtMs = Infinity;
  let promisedMs = -Infinity;
  let requests = 0;
  let late = 0;

  const promise = (atMs: EpochMs): void => {
    if (!(atMs > promisedMs)) return;
    promisedMs = atMs;
    tape.writtenUntil(atMs);
  };

  const writeMetrics = (metrics: MetricBatch): void => {
    if (metrics.count === 0) return;
    for (let row = 0; row < metrics.count; row++) {
      metrics.series[row] = series.get(metrics.series[row] ?? 0) ?? UNKNOWN_SERIES;
    }
    tape.writeMetrics(metrics);
  };

  return {
    write(rows) {
      for (const { name, tags } of rows.newEndpoints) endpoints.push(tape.endpoint(name, tags));
      for (const one of rows.newMetrics) series.set(one.index, tape.metric(one.series));
      for (let index = 0; index < rows.count; index++) {
        rows.endpoint[index] = endpoints[rows.endpoint[index] ?? 0] ?? 0;
        const endMs = (rows.startMs[index] ?? NaN) + (rows.latencyUs[index] ?? NaN) / 1000;
        if (endMs < promisedMs) late += 1;
      }
      if (rows.count > 0) tape.write(rows);
      requests += rows.count;
      writeMetrics(rows.metrics);
      for (const { atMs, count } of rows.dropped) tape.dropped(atMs, count);
      // What was stamped ahead of the run's clock must not promise what has not happened yet.
      promise(Math.min(rows.latestMs - ORDER_SLACK_MS, heldAtMs, clock.nowMs()));
    },
    holdAt(atMs) {
      heldAtMs = Math.min(heldAtMs, atMs);
    },
    giveUp(open, atMs) {
      if (open.length === 0) return;
      tape.write({
        count: open.length,
        startMs: Float64Array.from(open, ({ sentAtMs }) => sentAtMs),
        latencyUs: Float64Array.from(open, ({ sentAtMs }) => Math.max(0, atMs - sentAtMs) * 1000),
        endpoint: Uint16Array.from(open, ({ endpoint }) => endpoints[endpoint] ?? 0),
        result: new Uint8Array(open.length).fill(RESULT_NO_RESPONSE),
      });
      requests += open.length;
      writeMetrics(durationsOf(open, atMs));
    },
    end: promise,
    requests: () => requests,
    late: () => late,
  };
}

/** What requests that were given up add to the metrics that their durations are samples of. */
function durationsOf(open: readonly OpenRequest[], atMs: EpochMs): MetricBatch {
  const samples = open.flatMap(({ sentAtMs, metrics }) => metrics.map((index) => ({ sentAtMs, index })));
  return {
    count: samples.length,
    startMs: Float64Array.from(samples, ({ sentAtMs }) => sentAtMs),
    endMs: new Float64Array(samples.length).fill(atMs),
    value: Float64Array.from(samples, ({ sentAtMs }) => Math.max(0, atMs - sentAtMs)),
    series: Uint16Array.from(samples, ({ index }) => index),
  };
}
