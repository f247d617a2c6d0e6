import type { DurationMs, EpochMs } from '../../shared/time.js';

/** What a runner says of itself. */
export type RunnerState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** What serve.sh answers to one line. */
export interface RunnerAnswer {
  readonly remoteMs: EpochMs;
  /** How finely its clock is told. */
  readonly stepMs: DurationMs;
  readonly state: RunnerState;
  readonly files: readonly Buffer[];
}

export interface AnswerParser {
  /** Takes the next bytes, cut anywhere. */
  push(bytes: Uint8Array): void;
}

const NEWLINE = 10;
const NO_FILES: readonly Buffer[] = [];

/**
 * Reads the answers of serve.sh.
 *
 * @param onClock is called at the first line of an answer, before its files have come
 */
export function createAnswerParser(
  onClock: () => void,
  onAnswer: (answer: RunnerAnswer) => void,
): AnswerParser {
  let rest = Buffer.alloc(0);
  let head: Omit<RunnerAnswer, 'files'> | undefined;
  let files: Buffer[] = [];
  /** Bytes of a file that are still to come. */
  let fileSize: number | undefined;

  const takeLine = (line: string): void => {
    const [word, first = '', ...others] = line.split(' ');
    if (word === 'at') {
      head = { ...readClock(first), state: readState(others) };
      onClock();
    } else if (word === 'file') {
      fileSize = Number(others[0]);
    } else if (word === 'done' && head !== undefined) {
      const answer = { ...head, files: files.length === 0 ? NO_FILES : files };
      head = undefined;
      files = [];
      onAnswer(answer);
    }
  };

  return {
    push(bytes) {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        if (fileSize !== undefined) {
          if (rest.length < fileSize) return;
          files.push(rest.subarray(0, fileSize));
          rest = rest.subarray(fileSize);
          fileSize = undefined;
          continue;
        }
        const end = rest.indexOf(NEWLINE);
        if (end === -1) return;
        const line = rest.toString('utf8', 0, end);
        rest = rest.subarray(end + 1);
        takeLine(line);
      }
    },
  };
}

/** `1795576077.441704`; a shell that knows no fractions says `1795576077.%N` or none. */
function readClock(text: string): { readonly remoteMs: EpochMs; readonly stepMs: DurationMs } {
  const [, seconds = '', fraction = ''] = /^(\d+)(?:[.,](\d+))?/.exec(text) ?? [];
  return { remoteMs: Number(`${seconds}.${fraction}`) * 1000, stepMs: 1000 / 10 ** fraction.length };
}

function readState([kind = '', ...words]: readonly string[]): RunnerState {
  switch (kind) {
    case 'ended':
      return { kind, code: Number(words[0]) };
    case 'failed':
      return { kind, reason: words.join(' ') };
    case 'running':
      return { kind };
    default:
      return { kind: 'waiting' };
  }
}
