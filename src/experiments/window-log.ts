import type { Tape } from '../bench/tape.js';
import type { Phase, PhaseWindow } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';

/** Sets the borders on the tape, and remembers them. */
export interface WindowLog {
  /** Begins a phase; one that is open ends at the same moment. */
  begin(phase: Phase): EpochMs;
  /** Ends the open phase, if there is one; what starts from here on belongs to a transition. Returns its last moment. */
  end(): EpochMs;
  windows(): readonly PhaseWindow[];
}

export function createWindowLog(tape: Tape): WindowLog {
  const windows: PhaseWindow[] = [];
  let lastEndMs = 0;
  let open: { readonly phase: Phase; readonly startMs: EpochMs } | undefined;
  const close = (endMs: EpochMs): void => {
    if (open !== undefined) windows.push({ ...open, endMs });
    open = undefined;
    lastEndMs = endMs;
  };
  return {
    begin(phase) {
      const startMs = tape.begin(phase);
      close(startMs);
      open = { phase, startMs };
      return startMs;
    },
    end() {
      if (open !== undefined) close(tape.end());
      return lastEndMs;
    },
    windows: () => windows,
  };
}
