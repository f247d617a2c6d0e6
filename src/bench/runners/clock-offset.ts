import type { DurationMs, EpochMs } from '../../shared/time.js';

/** One question to another clock, and its answer. */
export interface ClockSample {
  /** On the run's clock. */
  readonly sentMs: EpochMs;
  readonly gotMs: EpochMs;
  /** What the other clock said in between. */
  readonly remoteMs: EpochMs;
  /** How finely it says it. */
  readonly stepMs: DurationMs;
}

export interface OffsetEstimate {
  /** How far the other clock is ahead of the run's. */
  readonly offsetMs: DurationMs;
  /** The offset is known to plus or minus this. */
  readonly uncertaintyMs: DurationMs;
}

/** What became of an offset in the course of a run. */
export interface OffsetHistory extends OffsetEstimate {
  /** How far apart the smallest and the largest estimate lie that were used. */
  readonly driftMs: DurationMs;
}

export interface ClockOffset {
  add(sample: ClockSample): void;
  /** Undefined before the first sample. */
  current(): OffsetEstimate | undefined;
  /** From now on estimates are used: those before do not count for the history. */
  begin(): void;
  history(): OffsetHistory | undefined;
}

/** Four a second: a minute. Clocks drift by less than a few milliseconds in it. */
const WINDOW = 240;

/**
 * Estimates how far another clock is ahead, as NTP does it: the answer was given at some moment between question and
 * answer, so that the quickest of the last exchanges knows it best (RFC 5905, section 10, the clock filter).
 */
export function createClockOffset(): ClockOffset {
  const samples: OffsetEstimate[] = [];
  let used: { least: number; most: number; uncertaintyMs: number } | undefined;
  let isUsed = false;

  const current = (): OffsetEstimate | undefined =>
    samples.reduce<OffsetEstimate | undefined>(
      (best, sample) => (best === undefined || sample.uncertaintyMs < best.uncertaintyMs ? sample : best),
      undefined,
    );
  const note = (): void => {
    const estimate = current();
    if (!isUsed || estimate === undefined) return;
    const { offsetMs, uncertaintyMs } = estimate;
    used ??= { least: offsetMs, most: offsetMs, uncertaintyMs };
    used.least = Math.min(used.least, offsetMs);
    used.most = Math.max(used.most, offsetMs);
    used.uncertaintyMs = Math.max(used.uncertaintyMs, uncertaintyMs);
  };
  return {
    add({ sentMs, gotMs, remoteMs, stepMs }) {
      const sample = {
        offsetMs: remoteMs + stepMs / 2 - (sentMs + gotMs) / 2,
        uncertaintyMs: (gotMs - sentMs + stepMs) / 2,
      };
      const best = current();
      // Both cannot be right unless the clock has moved in between.
      if (best !== undefined && areApart(sample, best)) samples.length = 0;
      samples.push(sample);
      if (samples.length > WINDOW) samples.shift();
      note();
    },
    current,
    begin() {
      isUsed = true;
      note();
    },
    history() {
      const estimate = current();
      if (estimate === undefined) return undefined;
      if (used === undefined) return { ...estimate, driftMs: 0 };
      return {
        offsetMs: estimate.offsetMs,
        uncertaintyMs: used.uncertaintyMs,
        driftMs: used.most - used.least,
      };
    },
  };
}

function areApart(one: OffsetEstimate, other: OffsetEstimate): boolean {
  return Math.abs(one.offsetMs - other.offsetMs) > one.uncertaintyMs + other.uncertaintyMs;
}
