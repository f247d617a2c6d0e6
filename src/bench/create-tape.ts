import type { Phase } from '../shared/phases.js';
import { PHASES } from '../shared/phases.js';
import type { Clock, EpochMs } from '../shared/time.js';
import { createMeasurements } from './create-measurements.js';
import { createEndpointTable, OTHER_ENDPOINTS } from './endpoint-table.js';
import type { Measurement, Slice } from './measurement.js';
import { ALL_ENDPOINTS } from './measurement.js';
import { createPhaseWindows, membershipIn } from './phase-windows.js';
import type { SampleBatch } from './sample-batch.js';
import { createSliceGrid } from './slice-grid.js';
import type { Tally } from './tally.js';
import { addSample, createTally, measurementOf } from './tally.js';
import type { Tape } from './tape.js';
import { createTurnstile } from './turnstile.js';

/** A sample that claims to end further ahead of the clock than this comes from a clock gone wrong: it moves no border. */
const TRUSTED_AHEAD_MS = 1000;
/** A request takes some time at least, so that one that started at a border never ended at it. */
const SHORTEST_MS = 0.001;

/** A tape that begins in a transition. It keeps histograms, not samples. */
export function createTape({ clock }: { readonly clock: Clock }): Tape {
  const bornMs = clock.nowMs();
  const windows = createPhaseWindows(bornMs);
  const grid = createSliceGrid(windows);
  const endpoints = createEndpointTable();
  const tallies = new Map<Phase, Map<number, Tally>>();
  const dropped = new Map<Phase, number>();
  const listeners = new Set<(slice: Slice) => void>();
  const written = createTurnstile(bornMs);
  let latestEndMs = bornMs;

  const cut = (phase: Phase | 'transition'): EpochMs => {
    const borderMs = Math.max(clock.nowMs(), latestEndMs);
    windows.cut(phase, borderMs);
    latestEndMs = borderMs; // the next border does not lie before this one
    return borderMs;
  };

  const tallyOf = (phase: Phase, endpoint: number): Tally => {
    const index = endpoint < endpoints.names.length ? endpoint : endpoints.indexOf(OTHER_ENDPOINTS);
    return getOrAdd(getOrAdd(tallies, phase, createTallies), index, createTally);
  };

  const addTo = (
    phase: Phase,
    batch: SampleBatch,
    index: number,
    membership: 'within' | 'outlived' | 'set-apart',
  ) => {
    addSample(
      tallyOf(phase, batch.endpoint[index] ?? 0),
      membership,
      batch.latencyUs[index] ?? NaN,
      batch.result[index] ?? 0,
    );
  };

  const windowOf = (phase: Phase) => windows.spans.filter((span) => span.phase === phase);

  const measurePhase = (phase: Phase, nowMs: EpochMs): Measurement[] => {
    const spans = windowOf(phase);
    if (spans.length === 0) return [];
    const durationMs = spans.reduce(
      (total, span) => total + Math.max(0, Math.min(span.endMs, nowMs) - span.startMs),
      0,
    );
    const byEndpoint = tallies.get(phase) ?? createTallies();
    const droppedHere = dropped.get(phase) ?? 0;
    return [
      measurementOf({ phase, endpoint: ALL_ENDPOINTS, durationMs, dropped: droppedHere }, [
        ...byEndpoint.values(),
      ]),
      ...endpoints.names.map((endpoint, index) => {
        const tally = byEndpoint.get(index);
        return measurementOf({ phase, endpoint, durationMs, dropped: 0 }, tally === undefined ? [] : [tally]);
      }),
    ];
  };

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
        const counts = membership === 'within' || membership === 'outlived';
        if (span.phase !== 'transition' && membership !== 'none') addTo(span.phase, batch, index, membership);
        grid.add(counts ? span.phase : 'transition', endMs, latencyUs, batch.result[index] ?? 0);
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
    measure() {
      const nowMs = Math.max(clock.nowMs(), latestEndMs);
      return createMeasurements(
        PHASES.flatMap((phase) => measurePhase(phase, nowMs)),
        grid.slices(nowMs),
      );
    },
  };
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
