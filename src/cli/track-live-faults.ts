import type { RunObserver } from '../experiments/run-observer.js';
import type { LiveFaults } from './cli-context.js';

/**
 * Follows a run to know at any moment which faults may be live: from the request to put one in, to the proof that it
 * is gone. What never got in has no such proof; the step after the recovery says that it is over.
 */
export function trackLiveFaults(live: LiveFaults, environment: string): RunObserver {
  const faults = new Set<string>();
  const unconfirmed = new Set<string>();
  let recovering = false;
  const tell = () => {
    live.set(faults.size === 0 ? undefined : { faults: [...faults], environment });
  };
  return {
    step: ({ kind }) => {
      if (recovering) for (const name of faults) if (!unconfirmed.has(name)) faults.delete(name);
      recovering = kind === 'recover';
      tell();
    },
    event: ({ kind, target }) => {
      if (target === undefined) return;
      if (kind === 'fault-requested') faults.add(target);
      if (kind === 'fault-unconfirmed') unconfirmed.add(target);
      if (kind === 'fault-recovered') faults.delete(target);
      tell();
    },
    slice: () => undefined,
  };
}

/** Tells several observers the same, in order. */
export function observeBoth(first: RunObserver, second: RunObserver): RunObserver {
  return {
    step: (step) => {
      first.step(step);
      second.step(step);
    },
    event: (event) => {
      first.event(event);
      second.event(event);
    },
    slice: (slice) => {
      first.slice(slice);
      second.slice(slice);
    },
    benchmark: (reading) => {
      first.benchmark?.(reading);
      second.benchmark?.(reading);
    },
  };
}
