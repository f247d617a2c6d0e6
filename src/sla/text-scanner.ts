/** What is wrong with a text, and where: the offending characters are those from start to before end. */
export interface TextError {
  /** Fits behind `cannot read "p95 < 350": `. */
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Thrown inside the parsers of this folder alone; they hand it out as data. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
  readonly textError: TextError;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.textError = { message, start, end };
  }
}

/** A piece of the text with its place. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The pattern's groups; empty where one took no part. */
  readonly groups: readonly string[];
}

/** Reads a text from left to right; blanks between the pieces do not matter. */
export interface TextScanner {
  /** Takes the next piece if the pattern (sticky) fits there. */
  take(pattern: RegExp): Piece | undefined;
  /** All that is left, without blanks around it. */
  rest(): Piece;
}

export function scanText(text: string): TextScanner {
  let at = 0;
  const skipBlanks = () => {
    while (/\s/.test(text.charAt(at))) at++;
  };
  return {
    take(pattern) {
      skipBlanks();
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) return undefined;
      const start = at;
      at = pattern.lastIndex;
      return {
        text: match[0],
        start,
        end: at,
        groups: match.slice(1).map((group) => (group as string | undefined) ?? ''),
      };
    },
    rest() {
      skipBlanks();
      const left = text.slice(at).trimEnd();
      return { text: left, start: at, end: at + left.length, groups: [] };
    },
  };
}

/** Refuses a piece. An empty one is marked by the last character before it, so that there is something to see. */
export function refuse(piece: Pick<Piece, 'start' | 'end'>, message: string): never {
  const start = piece.start === piece.end ? Math.max(0, piece.start - 1) : piece.start;
  throw new UnreadableText(message, start, Math.max(piece.end, start + 1));
}

/** The value that `read` makes, or what it refused. */
export function readOrRefuse<Value>(
  read: () => Value,
): { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: TextError } {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    return { ok: false, error: error.textError };
  }
}
