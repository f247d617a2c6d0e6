import type { ProcessExit } from '../../shared/spawn-process.js';
import type { EpochMs } from '../../shared/time.js';
import { formatCount } from '../../shared/units.js';
import type { BenchmarkLog } from '../benchmark.js';
import type { LoadOutcome } from '../load-generator.js';

/** All that is known about benchmarks that run no more. */
export interface GoBenchEnd {
  readonly exit: ProcessExit;
  /** What was asked for before they ended. `kill`: they did not end in time after a stop. */
  readonly asked: 'nothing' | 'stop' | 'kill' | 'abort';
  readonly endedAtMs: EpochMs;
  /** The benchmark that failed, with what it said. */
  readonly failed: { readonly name: string; readonly detail: string } | undefined;
  /** Results of the last start of the test binary. */
  readonly lastReadings: number;
  readonly unreadable: { readonly count: number; readonly first: string | undefined };
  readonly benchmarks: BenchmarkLog;
  /** The end of what was printed to stderr. */
  readonly log: string;
  readonly logPath: string;
}

const MOST_LINES = 3;

export function goBenchOutcome(end: GoBenchEnd): LoadOutcome {
  const { asked, endedAtMs, benchmarks, logPath } = end;
  const reason = asked === 'nothing' ? describeFailure(end) : undefined;
  if (reason !== undefined) {
    const remedy = `what the benchmarks printed to stderr is in ${logPath}; a benchmark that is to live through a fault counts its errors and reports them`;
    return { status: 'failed', endedAtMs, reason, remedy, benchmarks };
  }
  return { status: 'ended', how: 'stopped', endedAtMs, requests: 0, caveats: caveatsOf(end), benchmarks };
}

/** Why the test binary is no use any more. */
export function describeFailure({
  exit,
  failed,
  lastReadings,
  unreadable,
  log,
}: Pick<GoBenchEnd, 'exit' | 'failed' | 'lastReadings' | 'unreadable' | 'log'>): string {
  if (failed !== undefined) {
    return `${failed.name} failed${failed.detail === '' ? '' : `: ${failed.detail}`}`;
  }
  const panic = /^panic: .*$/m.exec(log)?.[0];
  if (panic !== undefined) {
    const place = /^\s+(\S*_test\.go:\d+)/m.exec(log.slice(log.indexOf(panic)))?.[1];
    return `the benchmarks came to a ${panic}${place === undefined ? '' : ` at ${place}`}`;
  }
  if (lastReadings === 0 && unreadable.first !== undefined) {
    return `no result of the benchmarks could be read: they print to stdout between their name and their result ("${unreadable.first.trim()}")`;
  }
  const words = log
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-MOST_LINES);
  const said = words.length === 0 ? '' : `\n${words.join('\n')}`;
  if (exit.status === 'signalled') return `the benchmarks were ended by ${exit.signal} from outside${said}`;
  if (exit.code !== 0) return `the benchmarks exited with code ${exit.code}${said}`;
  return `the benchmarks ended and had no result${said}`;
}

function caveatsOf({ asked, unreadable }: GoBenchEnd): readonly string[] {
  const caveats: string[] = [];
  if (asked === 'kill') {
    caveats.push('The benchmarks did not end in time after they were interrupted, and were killed.');
  }
  if (unreadable.count > 0) {
    const lines = unreadable.count === 1 ? '1 result' : `${formatCount(unreadable.count)} results`;
    caveats.push(
      `${lines} of the benchmarks could not be read, and count nowhere. The first: ${(unreadable.first ?? '').trim()}`,
    );
  }
  return caveats;
}
