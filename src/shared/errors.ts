/**
 * What went wrong, as a word that programs can act on. The exit code of the command line follows from it.
 *
 * | code | meaning | exit |
 * |---|---|---|
 * | USAGE | wrong arguments, or an invalid file | 64 |
 * | NOT_READY | the environment cannot carry the run; nothing was touched | 69 |
 * | FAULT_NOT_RECOVERED | a fault may still be live | 75 |
 * | LOAD_FAILED, FAULT_NOT_INJECTED, DEADLINE, INTERRUPTED | the run could not do its work; the orchestrator turns them into an outcome | |
 */
export type ErrorCode =
  | 'USAGE'
  | 'NOT_READY'
  | 'FAULT_NOT_INJECTED'
  | 'FAULT_NOT_RECOVERED'
  | 'LOAD_FAILED'
  | 'DEADLINE'
  | 'INTERRUPTED';

/** An expected failure: what happened, to what, and what to do about it. Any other throw is a bug. */
export class PlimsollError extends Error {
  override readonly name = 'PlimsollError';
  readonly code: ErrorCode;
  /** What the reader can do about it, in one sentence; empty where there is nothing to do. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy ?? '';
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What happened and what to do about it, in one sentence; the remedy may be empty. */
export function withRemedy(message: string, remedy: string): string {
  return remedy === '' ? message : `${message}; ${remedy}`;
}

/** What may be several lines, as programs print them, for a sentence: the first, a colon, the others; each once. */
export function inOneLine(text: string): string {
  const [first = '', ...others] = new Set(text.split('\n').flatMap((line) => line.trim() || []));
  return others.length === 0 ? first : `${first}: ${others.join('; ')}`;
}
