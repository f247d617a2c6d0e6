import type { Tape } from '../bench/tape.js';
import type { Phase, PhaseWindow } from '../shared/phases.js';
import type { DurationMs, EpochMs } from '../shared/time.js';

/** Sets the borders on the tape, and remembers them. */
export interface WindowLog {
  /** Begins a phase; one that is open ends at the same moment. */
  begin(phase: Phase): EpochMs;
  /** Ends the open phase, if there is one; what starts from here on belongs to a transition. Returns its last moment. */
  end(): EpochMs;
  windows(): readonly PhaseWindow[];
}

interface Open {
  readonly phase: Phase;
  readonly startMs: EpochMs;
  readonly waitedMs: DurationMs | undefined;
}

/** @param cpuWaitMs for how long some process has waited for a processor by now */
export function createWindowLog(
  tape: Tape,
  cpuWaitMs: () => DurationMs | undefined = () => undefined,
): WindowLog {
  const windows: PhaseWindow[] = [];
  let lastEndMs = 0;
  let open: Open | undefined;
  const close = (endMs: EpochMs, waitedMs: DurationMs | undefined): void => {
    if (open !== undefined) {
      const { phase, startMs } = open;
      windows.push({ phase, startMs, endMs, ...shareOf(open, endMs, waitedMs) });
    }
    open = undefined;
    lastEndMs = endMs;
  };
  return {
    begin(phase) {
      const startMs = tape.begin(phase);
      const waitedMs = cpuWaitMs();
      close(startMs, waitedMs);
      open = { phase, startMs, waitedMs };
      return startMs;
    },
    end() {
      if (open !== undefined) close(tape.end(), cpuWaitMs());
      return lastEndMs;
    },
    windows: () => windows,
  };
}

function shareOf(
  { startMs, waitedMs: before }: Open,
  endMs: EpochMs,
  after: DurationMs | undefined,
): Pick<PhaseWindow, 'cpuWait'> {
  if (before === undefined || after === undefined || endMs <= startMs) return {};
  return { cpuWait: Math.min(1, Math.max(0, (after - before) / (endMs - startMs))) };
}
