import type { Clock } from '../../../shared/time.js';
import type { StressPlan } from '../local-fault.js';
import type { GroupUsage } from './group-usage.js';
import type { StressSet } from './start-stress.js';

export interface StressSeen {
  /** `beginning`: it is too early to tell; `idle`: the processes are there, but take much less than was asked for. */
  readonly status: 'working' | 'beginning' | 'idle' | 'gone';
  /** `takes 0.96 of 1 processors`. */
  readonly detail: string;
}

/** Reads what the stress took since the last call, or since the meter was made. */
export type StressMeter = () => Promise<StressSeen>;

/** The kernel counts in hundredths of a second: over less time than this a share means little. */
const LEAST_MS = 300;
/** On a busy machine the stress gets its part only; this much shows that it works. */
const LEAST_SHARE = 0.1;
const LEAST_RESIDENT = 0.9;
const MIB = 1024 * 1024;

export function createStressMeter(
  plan: StressPlan,
  set: Pick<StressSet, 'before' | 'usage'>,
  clock: Clock,
): StressMeter {
  let earlier: { readonly usage: GroupUsage; readonly atMs: number } | undefined;
  return async () => {
    const usage = await set.usage();
    const atMs = clock.nowMs();
    earlier ??= { usage, atMs };
    const seen = judgeUsage(plan, set.before, earlier.usage, usage, atMs - earlier.atMs);
    if (atMs - earlier.atMs >= LEAST_MS) earlier = { usage, atMs };
    return seen;
  };
}

/** @param overMs between the two usages */
export function judgeUsage(
  plan: StressPlan,
  before: GroupUsage,
  earlier: GroupUsage,
  now: GroupUsage,
  overMs: number,
): StressSeen {
  if (now.processes === 0) return { status: 'gone', detail: 'has no stress process any more' };
  const details: string[] = [];
  let works = true;
  let isEarly = false;
  if (plan.cpu !== undefined) {
    const asked = (plan.cpu.workers * plan.cpu.loadPercent) / 100;
    if (overMs < LEAST_MS) {
      isEarly = true;
      details.push('has begun to take processor time');
    } else {
      const taken = Math.max(0, (now.cpuMs - earlier.cpuMs) / overMs);
      works = taken >= asked * LEAST_SHARE;
      details.push(`takes ${taken.toFixed(2)} of ${asked.toFixed(2)} processors`);
    }
  }
  if (plan.memory !== undefined) {
    const resident = Math.max(0, now.residentBytes - before.residentBytes);
    works &&= resident >= plan.memory.bytes * LEAST_RESIDENT;
    details.push(`holds ${(resident / MIB).toFixed(0)} of ${(plan.memory.bytes / MIB).toFixed(0)} MiB`);
  }
  return { status: !works ? 'idle' : isEarly ? 'beginning' : 'working', detail: details.join(' and ') };
}
