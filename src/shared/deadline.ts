import { PlimsollError } from './errors.js';
import type { Clock, DurationMs } from './time.js';
import { formatDuration } from './units.js';

/** How long work that was called off may take to come to its end before it is left alone. */
const WAYS_OUT_MS = 10_000;

export interface Deadline {
  readonly clock: Clock;
  readonly ms: DurationMs;
  /** For the message: `starting the services` took longer than ... */
  readonly what: string;
  readonly remedy?: string;
  readonly signal: AbortSignal;
}

/**
 * Does work that must be over in time: its signal aborts at the deadline, or with the caller's. Nobody waits for
 * work that does not heed its signal.
 * @throws {PlimsollError} DEADLINE; or the signal's reason, or what the work throws.
 */
export async function within<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, ms, what, remedy = '', signal } = deadline;
  signal.throwIfAborted();
  const calledOff = new AbortController();
  const over = new AbortController();
  const onAbort = (): void => {
    calledOff.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const wait = async (waitMs: DurationMs): Promise<void> => {
    await clock.sleep(waitMs, over.signal).catch(() => undefined);
  };
  const expire = async (): Promise<T> => {
    await Promise.race([wait(ms), aborted(calledOff.signal)]);
    // The work is done: its signal must not abort any more, since it may have handed it on.
    if (over.signal.aborted) return await working;
    calledOff.abort(
      new PlimsollError('DEADLINE', `${what} took longer than ${formatDuration(ms)}`, { remedy }),
    );
    await wait(WAYS_OUT_MS);
    throw calledOff.signal.reason as Error;
  };
  const working = work(calledOff.signal);
  const expired = expire();
  expired.catch(() => undefined); // the race below has its say, if anybody has
  try {
    return await Promise.race([working, expired]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    over.abort();
  }
}

/** Resolves when the signal aborts. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
