import type { Phase } from '../shared/phases.js';
import { PHASES } from '../shared/phases.js';
import type { Clock, EpochMs } from '../shared/time.js';
import { createMeasurements, windowsOf } from './create-measurements.js';
import { createEndpointTable, OTHER_ENDPOINTS } from './endpoint-table.js';
import type { Measurements, Slice } from './measurement.js';
import { createPhaseWindows, membershipIn } from './phase-windows.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from './sample-batch.js';
import { partKey } from './second.js';
import { createSliceGrid } from './slice-grid.js';
import type { SampleSink } from './sample-sink.js';
import type { Shelf } from './shelf.js';
import type { Tally } from './tally.js';
import { addSample, createTally } from './tally.js';
import { measurementsOfPhase, taggedOfPhase } from './measure-phase.js';
import { measureMetrics } from './measure-metrics.js';
import type { MetricBatch } from './metric-batch.js';
import type { MetricSeries } from './metric-series.js';
import { createMetricTable } from './metric-table.js';
import { addValue, createMetricTally, type MetricTally } from './metric-tally.js';
import type { Tape } from './tape.js';
import type { TapeSink } from './tape-sink.js';
import { createTurnstile } from './turnstile.js';

/** A sample that claims to end further ahead of the clock than this comes from a clock gone wrong: it moves no border. */
const TRUSTED_AHEAD_MS = 1000;
/** A request takes some time at least, so that one that started at a border never ended at it. */
const SHORTEST_MS = 0.001;

export interface TapeOptions {
  readonly clock: Clock;
  /** Where its seconds go as they are sealed; nowhere by default. */
  readonly sink?: TapeSink;
  /** Where every single request goes; nowhere by default. */
  readonly samples?: SampleSink;
  /** Where its slices are kept; in memory by default. */
  readonly shelf?: Shelf;
}

/** A tape that begins in a transition. It keeps histograms, not samples. */
export function createTape({ clock, sink, samples, shelf }: TapeOptions): Tape {
  const bornMs = clock.nowMs();
  const windows = createPhaseWindows(bornMs);
  const endpoints = createEndpointTable((endpoint) => {
    sink?.endpoint(endpoint);
    samples?.endpoint(endpoint.name);
  });
  const metrics = createMetricTable((series) => sink?.metric(series));
  const grid = createSliceGrid(windows, (second) => sink?.second(second), metrics.all, shelf);
  const tallies = new Map<Phase, Map<number, Tally>>();
  const metricTallies = new Map<Phase, Map<number, MetricTally>>();
  const dropped = new Map<Phase, number>();
  const listeners = new Set<(slice: Slice) => void>();
  const written = createTurnstile(bornMs);
  let latestEndMs = bornMs;
  sink?.border('transition', bornMs);

  const cut = (phase: Phase | 'transition'): EpochMs => {
    const borderMs = Math.max(clock.nowMs(), latestEndMs);
    windows.cut(phase, borderMs);
    sink?.border(phase, borderMs);
    latestEndMs = borderMs; // the next border does not lie before this one
    return borderMs;
  };

  const knownEndpoint = (index: number): number =>
    index < endpoints.all.length ? index : endpoints.indexOf(OTHER_ENDPOINTS);

  const tallyOf = (phase: Phase, endpoint: number): Tally =>
    getOrAdd(getOrAdd(tallies, phase, createTallies), endpoint, createTally);

  const measureAt = (nowMs: EpochMs): Measurements => {
    const { spans } = windows;
    const phases = PHASES.map((phase) => ({
      phase,
      spans,
      nowMs,
      endpoints: endpoints.all,
      tallies: tallies.get(phase) ?? createTallies(),
      dropped: dropped.get(phase) ?? 0,
    }));
    return createMeasurements(
      phases.flatMap(measurementsOfPhase),
      grid.slices(nowMs),
      windowsOf(spans, nowMs),
      phases.flatMap(taggedOfPhase),
      measureMetrics([...metrics.all], metricTallies, { spans, nowMs, slices: grid.metricSlices(nowMs) }),
    );
  };

  /** A sample of the fault phase counts wherever it ends; of another phase only where it ends in it. */
  const takeMetric = (series: MetricSeries, index: number, batch: MetricBatch, row: number): void => {
    const startMs = batch.startMs[row] ?? NaN;
    const endMs = Math.max(startMs, batch.endMs[row] ?? NaN);
    const span = windows.spanAt(startMs);
    const membership = membershipIn(span, endMs);
    if (span.phase === 'transition' || membership === 'set-apart' || membership === 'none') return;
    const { phase } = span;
    const value = batch.value[row] ?? NaN;
    const ofPhase = getOrAdd(metricTallies, phase, createMetricTallies);
    // A stamp from a clock gone wrong opens no second ahead of all others.
    const atMs = Math.min(endMs, Math.max(latestEndMs, clock.nowMs()));
    addValue(
      getOrAdd(ofPhase, index, () => createMetricTally(series)),
      series,
      atMs,
      value,
    );
    grid.addMetric(index, phase, atMs, value);
  };

  return {
    endpoint: (name, tags) => endpoints.indexOf(name, tags),
    metric: (series) => metrics.indexOf(series),
    writeMetrics(batch) {
      for (let row = 0; row < batch.count; row++) {
        const index = batch.series[row] ?? 0;
        const series = metrics.all[index];
        if (series !== undefined) takeMetric(series, index, batch, row);
      }
    },
    write(batch) {
      const nowMs = clock.nowMs();
      for (let index = 0; index < batch.count; index++) {
        const startMs = batch.startMs[index] ?? NaN;
        const latencyUs = batch.latencyUs[index] ?? NaN;
        const claimedEndMs = startMs + Math.max(latencyUs / 1000, SHORTEST_MS);
        const trusted = claimedEndMs <= nowMs + TRUSTED_AHEAD_MS;
        const endMs = trusted ? claimedEndMs : Math.max(latestEndMs, nowMs);
        if (endMs > latestEndMs) latestEndMs = endMs;

        const span = windows.spanAt(startMs);
        const membership = membershipIn(span, endMs);
        const endpoint = knownEndpoint(batch.endpoint[index] ?? 0);
        const result = toResult(batch.result[index] ?? RESULT_OK);
        if (span.phase !== 'transition' && membership !== 'none') {
          addSample(tallyOf(span.phase, endpoint), membership, latencyUs, result);
        }
        grid.add(partKey({ phase: span.phase, membership, endpoint, result }), endMs, latencyUs);
        samples?.sample(startMs, latencyUs, endpoint, result, span.phase, membership);
      }
    },
    dropped(atMs, count) {
      const { phase } = windows.spanAt(atMs);
      if (phase !== 'transition') dropped.set(phase, (dropped.get(phase) ?? 0) + count);
      grid.drop(phase, Math.min(atMs, Math.max(latestEndMs, clock.nowMs())), count);
    },
    writtenUntil(atMs) {
      written.reach(atMs);
      // A second may be cut by a border until it has passed on the clock, whatever the generator says.
      grid.sealUntil(Math.min(written.reachedMs(), clock.nowMs()), (slice) => {
        for (const listener of listeners) listener(slice);
      });
    },
    begin: (phase) => cut(phase),
    end: () => cut('transition'),
    caughtUp: (atMs, signal) => written.reached(atMs, signal),
    lagMs: () => Math.max(0, clock.nowMs() - written.reachedMs()),
    onSlice(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    measure: () => measureAt(Math.max(clock.nowMs(), latestEndMs)),
    finish() {
      const nowMs = Math.max(clock.nowMs(), latestEndMs);
      grid.sealAll(nowMs);
      sink?.end(nowMs);
      return measureAt(nowMs);
    },
  };
}

/** Anything but the three is a failure with a response. */
function toResult(result: number): number {
  return result === RESULT_OK || result === RESULT_NO_RESPONSE ? result : RESULT_FAILED_RESPONSE;
}

function createTallies(): Map<number, Tally> {
  return new Map();
}

function createMetricTallies(): Map<number, MetricTally> {
  return new Map();
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = create();
  map.set(key, fresh);
  return fresh;
}
