import { readTail } from '../process/read-tail.js';
import { INSTRUMENT_FILE, WRAPPER_FILE } from './write-modules.js';

const MOST_MESSAGES = 3;
/** No reason: it is what a stop asks for. */
const INTERRUPTED = / msg="test run was aborted because k6 received a '\w+' signal"/;

/** The last words of a log file; empty where there are none. */
export async function readLastWords(path: string): Promise<string> {
  return lastWordsOf(await readTail(path));
}

/**
 * What k6 said last about why it ended: its error messages as they were before they became log lines; of a panic its
 * first lines; of anything else the last ones.
 */
export function lastWordsOf(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !INTERRUPTED.test(line));
  const panicAt = lines.findIndex((line) => /^(panic|fatal error|runtime error): /.test(line));
  if (panicAt !== -1) return lines.slice(panicAt, panicAt + MOST_MESSAGES).join('\n');
  const errors = lines
    .filter((line) => / level=(error|fatal|panic) /.test(line))
    .map((line) => readable(messageOfLine(line)));
  const worth = errors.length > 0 ? [...new Set(errors)] : lines.map(messageOfLine);
  return worth.slice(-MOST_MESSAGES).join('\n');
}

const MOST_COMPLAINTS = 3;
/** k6 says it of each request without a response, which is what is measured anyway. */
const OF_EACH_REQUEST = ' msg="Request Failed"';

/** The warnings and errors of a log, one sentence for each different one. */
export function complaintsOf(log: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of log.split('\n')) {
    const level = / level=(warning|error) /.exec(line)?.[1];
    if (level === undefined || line.includes(OF_EACH_REQUEST) || INTERRUPTED.test(line)) continue;
    const said = `k6 gave the ${level} "${readable(messageOfLine(line))}"`;
    counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  const all = [...counts].map(([said, count]) => `${said}${count === 1 ? '' : `, ${count} times`}.`);
  const more = all.length - MOST_COMPLAINTS;
  return more <= 0
    ? all
    : [...all.slice(0, MOST_COMPLAINTS), `k6 gave ${more} other warnings or errors; they are in its log.`];
}

/** As the script's author would have read it: without the modules that stand around the script in a run. */
function readable(message: string): string {
  return message
    .replace(/^could not initialize '[^']*': could not load JS test '[^']*': /, '')
    .split('\n')
    .filter((line) => !line.includes(WRAPPER_FILE) && !line.includes(INSTRUMENT_FILE))
    .join('\n')
    .trim();
}

/** `time="..." level=error msg="SyntaxError: ..." hint="..."` */
function messageOfLine(line: string): string {
  const quoted = / msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  if (quoted === undefined) return / msg=(\S+)/.exec(line)?.[1] ?? line.trim();
  return unquote(quoted);
}

/** Go's quoting is JSON's, but for escapes that only bytes without a letter need. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
