import { open } from 'node:fs/promises';
import { INSTRUMENT_FILE, WRAPPER_FILE } from './write-modules.js';

const TAIL_BYTES = 64 * 1024;
const MOST_MESSAGES = 3;
/** No reason: it is what a stop asks for. */
const INTERRUPTED = / msg="test run was aborted because k6 received a '\w+' signal"/;

/** The last words of a log file; empty where there are none. */
export async function readLastWords(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined); // a log that is not there has nothing to say
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return lastWordsOf(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
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
