import type { Clock, EpochMs } from './time.js';

/**
 * One moment on two clocks: the run's, and the machine's monotonic counter, which all threads and processes share.
 * A thread's own performance.timeOrigin will not do: it is read from the wall clock when the thread starts.
 */
export interface ClockAnchor {
  readonly epochMs: EpochMs;
  readonly hrtimeNs: bigint;
}

/** Anchors the run's clock, from the tightest of several readings. */
export function anchorClock(clock: Clock): ClockAnchor {
  let best: ClockAnchor | undefined;
  let bestWidthNs = 0n;
  for (let reading = 0; reading < 10; reading++) {
    const before = process.hrtime.bigint();
    const epochMs = clock.nowMs();
    const widthNs = process.hrtime.bigint() - before;
    if (best === undefined || widthNs < bestWidthNs) {
      best = { epochMs, hrtimeNs: before + widthNs / 2n };
      bestWidthNs = widthNs;
    }
  }
  if (best === undefined) throw new Error('no reading was taken');
  return best;
}

/** Tells the run's time in another thread or process. It follows the monotonic counter, whatever happens to the wall clock. */
export function clockOf(anchor: ClockAnchor): () => EpochMs {
  // performance.now() counts the same nanoseconds from another origin, and is cheaper to read than a bigint.
  const nowMs = performance.now();
  const offsetMs = anchor.epochMs + Number(process.hrtime.bigint() - anchor.hrtimeNs) / 1e6 - nowMs;
  return () => performance.now() + offsetMs;
}
