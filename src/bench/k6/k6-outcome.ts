import { formatCount } from '../../shared/units.js';
import type { LoadOutcome } from '../load-generator.js';
import type { LoadEnd } from '../process/supervise-load.js';
import { explainExit, isExpectedAfterInterrupt } from './explain-exit.js';

/** All that is known about a k6 that is gone. */
export interface K6End extends LoadEnd {
  readonly lastWords: string;
  readonly logPath: string;
}

/** The exit code of a k6 that panicked: whatever it still had to write is lost. */
const PANIC = 109;
const MARKED_FAILED = 110;

export function k6Outcome(end: K6End): LoadOutcome {
  const { exit, asked, endedAtMs, requests } = end;
  if (exit.status === 'signalled' && asked !== 'kill' && asked !== 'abort') {
    return failed(end, `k6 was ended by ${exit.signal} from outside`, remedyOf(end, exit.signal));
  }
  if (exit.status === 'exited' && isFailure(exit.code, asked)) {
    return failed(end, explainExit(exit.code), remedyOf(end));
  }
  const how = asked === 'nothing' ? 'finished' : 'stopped';
  return { status: 'ended', how, endedAtMs, requests, caveats: caveatsOf(end) };
}

/** Once the load was to end anyway, a teardown() that throws takes nothing from what was measured. */
function isFailure(code: number, asked: K6End['asked']): boolean {
  if (asked !== 'nothing') return code === PANIC;
  return code !== 0 && code !== 99 && code !== MARKED_FAILED;
}

function caveatsOf({ exit, asked, requests, unreadable, late, lastWords }: K6End): readonly string[] {
  const caveats: string[] = [];
  if (asked === 'kill' && exit.status === 'signalled') {
    caveats.push(
      'k6 did not end in time after it was interrupted, and was killed: its teardown() may not have run to its end.',
    );
  }
  if (exit.status === 'exited' && exit.code === MARKED_FAILED) {
    caveats.push('The k6 script marked its run as failed (exec.test.fail()).');
  } else if (exit.status === 'exited' && !isExpectedAfterInterrupt(exit.code)) {
    caveats.push(`After the load, ${withWords(explainExit(exit.code), lastWords)}`);
  }
  if (requests === 0 && lastWords !== '') {
    caveats.push(`k6 sent no request. It said: ${lastWords}`);
  }
  if (unreadable.count > 0) {
    caveats.push(
      `${formatCount(unreadable.count)} rows of k6 could not be read, so requests may be missing.`,
    );
  }
  if (late > 0) {
    caveats.push(
      `${formatCount(late)} requests came from k6 late; stop conditions may have looked at seconds without them.`,
    );
  }
  return caveats;
}

function failed(end: K6End, what: string, remedy: string): LoadOutcome {
  return { status: 'failed', endedAtMs: end.endedAtMs, reason: withWords(what, end.lastWords), remedy };
}

function withWords(what: string, words: string): string {
  return words === '' ? what : `${what}\n${words}`;
}

function remedyOf({ logPath }: K6End, signal?: NodeJS.Signals): string {
  return signal === 'SIGKILL'
    ? `see whether the machine ran out of memory, and run it again; all that k6 said is in ${logPath}`
    : `correct what k6 names; all that it said is in ${logPath}`;
}
