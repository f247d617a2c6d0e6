import { PlimsollError } from '../../../shared/errors.js';
import type { Clock, DurationMs, EpochMs } from '../../../shared/time.js';
import type { AppliedFault, DoseReading, Injection, Recovery } from '../../fault-injector.js';
import { type HeldFault, isDeadline } from '../follow-fault.js';

/** What a fault of Plimsoll's own does; when it does so is decided here. */
export interface NativeActs {
  /** Resolves at the proof. Once it has settled, no request of it is under way any more. */
  inject(signal: AbortSignal): Promise<Injection>;
  /** Why it is not in when the time for it is over. */
  shortfall(): string;
  readDose(): Omit<DoseReading, 'atMs'>;
  /** Never rejects. */
  takeOut(requestedAtMs: EpochMs, deadline: AbortSignal): Promise<Recovery>;
  /** Ends its watches. May be called again. */
  release(): Promise<void>;
}

const READ_EVERY_MS = 1000;

/** Holds a fault of Plimsoll's own from its injection to its recovery; each of them is under way once at a time. */
export function holdNative(
  { clock, recoverDeadlineMs }: { readonly clock: Clock; readonly recoverDeadlineMs: DurationMs },
  acts: NativeActs,
): HeldFault {
  const over = new AbortController();
  let injecting: Promise<unknown> = Promise.resolve();
  let recovery: Promise<Recovery> | undefined;

  async function recover(): Promise<Recovery> {
    const requestedAtMs = clock.nowMs();
    const deadline = AbortSignal.timeout(recoverDeadlineMs);
    over.abort(new PlimsollError('FAULT_NOT_INJECTED', 'the fault was taken out before it was in'));
    await injecting;
    const outcome = await acts.takeOut(requestedAtMs, deadline);
    if (outcome.status === 'recovered') await acts.release();
    else recovery = undefined; // asked again, it tries again
    return outcome;
  }

  const once = async () => await (recovery ??= recover());
  const applied: AppliedFault = {
    async injected(signal) {
      const work = acts.inject(AbortSignal.any([signal, over.signal]));
      injecting = work.catch(() => undefined); // it is told below
      try {
        return await work;
      } catch (error) {
        if (signal.aborted && !isDeadline(signal.reason)) throw error;
        void once(); // it is taken out at once; whoever calls recover() gets the outcome
        if (!signal.aborted) throw error;
        throw new PlimsollError('FAULT_NOT_INJECTED', acts.shortfall(), { cause: error });
      }
    },
    async *dose(signal) {
      while (!signal.aborted) {
        yield { atMs: clock.nowMs(), ...acts.readDose() } satisfies DoseReading;
        await clock.sleep(READ_EVERY_MS, signal).catch(() => undefined); // aborted: the loop ends
      }
    },
    recover: once,
  };
  return {
    applied,
    release: async () => {
      over.abort();
      await acts.release();
    },
  };
}
