import { formatCount } from '../../shared/units.js';
import type { LoadOutcome } from '../load-generator.js';
import type { LoadEnd } from '../process/supervise-load.js';

/** All that is known about a load command that is gone. */
export interface CommandEnd extends LoadEnd {
  /** The end of what it printed to stderr. */
  readonly log: string;
  readonly logPath: string;
}

const MOST_LINES = 3;

export function commandOutcome(end: CommandEnd): LoadOutcome {
  const { exit, asked, endedAtMs, requests, unreadable } = end;
  if (exit.status === 'signalled' && isFromOutside(exit.signal, asked)) {
    return failed(end, `the command was ended by ${exit.signal} from outside`);
  }
  if (exit.status === 'exited' && exit.code !== 0 && asked === 'nothing') {
    return failed(end, `the command exited with code ${exit.code}`);
  }
  if (requests === 0 && asked === 'nothing') {
    return failed(
      end,
      unreadable.first === undefined
        ? 'the command ended and had printed no row to stdout'
        : `the command ended and had printed no row that can be read; ${unreadable.first}`,
    );
  }
  const how = asked === 'nothing' ? 'finished' : 'stopped';
  return { status: 'ended', how, endedAtMs, requests, caveats: caveatsOf(end) };
}

/** A SIGINT is what a stop sends; most programs have no other answer to it than to end. */
function isFromOutside(signal: NodeJS.Signals, asked: LoadEnd['asked']): boolean {
  return asked === 'nothing' || (asked === 'stop' && signal !== 'SIGINT');
}

function caveatsOf({ exit, asked, unreadable, late }: CommandEnd): readonly string[] {
  const caveats: string[] = [];
  if (asked === 'kill' && exit.status === 'signalled') {
    caveats.push(
      'The command did not end in time after it was interrupted, and was killed: rows that it had not printed are lost.',
    );
  }
  if (unreadable.count > 0) {
    const rows = unreadable.count === 1 ? '1 row' : `${formatCount(unreadable.count)} rows`;
    const first = unreadable.first === undefined ? '' : ` The first: ${unreadable.first}`;
    caveats.push(`${rows} of the command could not be read, so requests may be missing.${first}`);
  }
  if (late > 0) {
    caveats.push(
      `${late === 1 ? '1 request' : `${formatCount(late)} requests`} came from the command late; the steady state and stop conditions may have been judged without them.`,
    );
  }
  return caveats;
}

function failed({ endedAtMs, log, logPath }: CommandEnd, what: string): LoadOutcome {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const words = lines.slice(-MOST_LINES).join('\n');
  return {
    status: 'failed',
    endedAtMs,
    reason: words === '' ? what : `${what}\n${words}`,
    remedy: `correct load.command, or what the command names; what it printed to stderr is in ${logPath}`,
  };
}
