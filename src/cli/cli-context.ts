import type { Clock } from '../shared/time.js';
import type { Terminal } from './terminal.js';

/** What a command has to do with the world, so that a test can give it another one. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly clock: Clock;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Aborts at the first SIGINT or SIGTERM; its reason is the signal's name. */
  readonly interrupt: AbortSignal;
  /** What a second signal, which leaves at once, would leave behind. */
  readonly liveFaults: LiveFaults;
}

/** The faults of the run that goes on, as far as they are not proven gone. */
export interface LiveFaults {
  /** Replaces what is known: `environment` is undefined where nothing can be live. */
  set(live: LiveFault | undefined): void;
  get(): LiveFault | undefined;
}

export interface LiveFault {
  readonly faults: readonly string[];
  readonly environment: string;
}

export function createLiveFaults(): LiveFaults {
  let now: LiveFault | undefined;
  return {
    set: (live) => {
      now = live;
    },
    get: () => now,
  };
}
