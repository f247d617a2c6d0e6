import { constants } from 'node:os';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { ProcessExit } from '../../shared/spawn-process.js';
import type { Clock, DurationMs } from '../../shared/time.js';
import type { LoadProcess } from '../process/launch-load.js';
import type { RowReader } from '../process/read-rows.js';
import { rebaseOpen, rebaseSamples } from '../process/rebase-samples.js';
import type { RunnerState } from './answer-parser.js';
import type { ClockOffset } from './clock-offset.js';
import type { PushedRows } from './push-rows.js';
import type { RunnerSession } from './runner-session.js';

/** A k6 in a runner, as if it were a process of this machine. */
export interface FollowedRunner {
  readonly process: LoadProcess;
  readonly reader: RowReader;
}

export interface FollowOptions {
  /** `runner 2 of 8`. */
  readonly name: string;
  readonly session: RunnerSession;
  readonly rows: PushedRows;
  readonly offset: ClockOffset;
  readonly clock: Clock;
  /** Aborts, with the reason, when the runner is gone. */
  readonly gone: AbortSignal;
}

/** What is asked for again and again; a runner's clock is asked along with it. */
const PAUSE_MS: DurationMs = 250;
/** As many files as serve.sh sends at once. */
const MOST_FILES = 8;
const REMEDY =
  'see what became of its pod and its node; what the runners had measured until then is on the tape';

const unpack = promisify(gunzip);

/** Fetches the rows of a runner to their end. Each is asked for by its number, so that none is lost or comes twice. */
export function followRunner(options: FollowOptions): FollowedRunner {
  const { name, session, rows, offset, clock, gone } = options;
  let exit: (exit: ProcessExit) => void = () => undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    exit = resolve;
  });
  const over = new AbortController();
  const until = AbortSignal.any([gone, over.signal]);

  const fail = (reason: string): void => {
    rows.fail({ reason, remedy: REMEDY });
    exit({ status: 'signalled', signal: 'SIGKILL' });
  };

  const follow = async (): Promise<void> => {
    try {
      for (let next = 0; ;) {
        const { state, files } = await session.ask(`rows ${next}`, until);
        for (const file of files) rows.push(await unpack(file));
        next += files.length;
        if (files.length === 0 && isOver(state)) {
          if (state.kind === 'failed') throw new PlimsollError('LOAD_FAILED', `${name}: ${state.reason}`);
          rows.end();
          exit(exitOf(state.code));
          return;
        }
        if (files.length < MOST_FILES) await clock.sleep(PAUSE_MS, until);
      }
    } catch (thrown) {
      fail(gone.aborted ? String(gone.reason) : messageOf(thrown));
    }
  };
  void follow();

  const tell = (signal: 'INT' | 'KILL'): void => {
    session.hurry();
    // Where it cannot be told, the rows cannot be had either, and that is said.
    session.ask(`signal ${signal}`, until).catch(() => undefined);
  };
  const offsetMs = (): DurationMs => offset.current()?.offsetMs ?? 0;
  return {
    process: {
      exited,
      interrupt: () => {
        tell('INT');
      },
      kill: () => {
        tell('KILL');
      },
      killRest: () => {
        over.abort();
      },
    },
    reader: {
      follow: (onRows) => {
        rows.follow((collected) => {
          onRows(rebaseSamples(collected, offsetMs()));
        });
      },
      ended: rows.ended.then((end) =>
        end.status === 'read' ? { ...end, open: rebaseOpen(end.open, offsetMs()) } : end,
      ),
      writerIsGone: () => {
        rows.writerIsGone();
      },
      close: async () => {
        await rows.close();
      },
    },
  };
}

function isOver(state: RunnerState): state is Extract<RunnerState, { kind: 'ended' | 'failed' }> {
  return state.kind === 'ended' || state.kind === 'failed';
}

/** A shell tells of a signal by a code above 128. */
function exitOf(code: number): ProcessExit {
  const [signal] = Object.entries(constants.signals).find(([, number]) => number === code - 128) ?? [];
  return signal === undefined
    ? { status: 'exited', code }
    : { status: 'signalled', signal: signal as NodeJS.Signals };
}
