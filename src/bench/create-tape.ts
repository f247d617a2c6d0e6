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
import type { Tally } from './tally.js';
import { addSample, createTally } from './tally.js';
import { measurementsOfPhase } from './measure-phase.js';
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
}

/** A tape that begins in a transition. It keeps histograms, not samples. */
export function createTape({ clock, sink, samples }: TapeOptions): Tape {
  const bornMs = clock.nowMs();
  const windows = createPhaseWindows(bornMs);
  const endpoints = createEndpointTable((name) => {
    sink?.endpoint(name);
    samples?.endpoint(name);
  });
  const grid = createSliceGrid(windows, (second) => sink?.second(second));
  const tallies = new Map<Phase, Map<number, Tally>>();
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
    index < endpoints.names.length ? index : endpoints.indexOf(OTHER_ENDPOINTS);

  const tallyOf = (phase: Phase, endpoint: number): Tally =>
    getOrAdd(getOrAdd(tallies, phase, createTallies), endpoint, createTally);

  const measureAt = (nowMs: EpochMs): Measurements =>
    createMeasurements(
      PHASES.flatMap((phase) =>
        measurementsOfPhase({
          phase,
          spans: windows.spans,
          nowMs,
          endpoints: endpoints.names,
          tallies: tallies.get(phase) ?? createTallies(),
          dropped: dropped.get(phase) ?? 0,
        }),
      ),
      grid.slices(nowMs),
      windowsOf(windows.spans, nowMs),
    );

  return {
    endpoint: (name) => endpoints.indexOf(name),
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

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = create();
  map.set(key, fresh);
  return fresh;
}
