import { createTape } from '../../src/bench/create-tape.js';
import type { Measurements } from '../../src/bench/measurement.js';
import type { MetricContents, MetricType } from '../../src/bench/metric-series.js';
import { aBatch, aSample } from './a-batch.js';
import { aMetricBatch } from './a-metric-batch.js';
import { createFakeClock } from './fake-clock.js';

const T0 = 1_000_000;

export interface AMetric {
  readonly type: MetricType;
  readonly contains?: MetricContents;
  readonly tags?: Record<string, string>;
  readonly steady?: readonly number[];
  readonly fault?: readonly number[];
}

/** Measures ten seconds of steady and ten of fault, a request in each of them, and the values spread evenly over them. */
export function measureMetrics(
  metrics: Readonly<Record<string, AMetric>>,
  { requests = true, steadyMs = 10_000 } = {},
): Measurements {
  const faultMs = steadyMs + 1000;
  const clock = createFakeClock(T0);
  const tape = createTape({ clock });
  tape.begin('steady');
  clock.advanceTo(T0 + steadyMs);
  tape.end();
  clock.advanceTo(T0 + faultMs);
  tape.begin('fault');
  clock.advanceTo(T0 + faultMs + 10_000);
  tape.end();
  clock.advanceTo(T0 + faultMs + 20_000);
  if (requests)
    tape.write(
      aBatch(
        [500, faultMs + 500].map((atMs) => aSample({ startMs: T0 + atMs, endpoint: tape.endpoint('a') })),
      ),
    );
  for (const [name, { type, contains = 'default', tags = {}, steady = [], fault = [] }] of Object.entries(
    metrics,
  )) {
    const series = tape.metric({ name, tags, type, contains });
    const spread = (values: readonly number[], fromMs: number) =>
      values.map((value, index) => ({
        startMs: T0 + fromMs + (index * 10_000) / values.length,
        value,
        series,
      }));
    tape.writeMetrics(aMetricBatch([...spread(steady, 0), ...spread(fault, faultMs)]));
  }
  return tape.finish();
}
