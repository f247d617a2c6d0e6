/** Something wrong in a file, and where. */
export interface FileProblem {
  readonly file: string;
  /** From 1; 0 where it concerns the file as a whole, and then there is no source line. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** How much of the line it concerns. */
  readonly length: number;
  readonly message: string;
  readonly sourceLine: string;
}

/** A file that was read and checked, or everything that is wrong with it, in order of position. */
export type Loaded<T> =
  | {
      readonly ok: true;
      readonly document: T;
      /** The text of the file. */
      readonly source: string;
      /** As it was given. */
      readonly path: string;
    }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** A problem that has no place in the text: the file cannot be read, or is empty. */
export function wholeFileProblem(file: string, message: string): FileProblem {
  return { file, line: 0, column: 0, length: 0, message, sourceLine: '' };
}

/** By file in order of first appearance, then by place. */
export function sortProblems(problems: readonly FileProblem[]): readonly FileProblem[] {
  const order = new Map(
    [...new Set(problems.map((problem) => problem.file))].map((file, index) => [file, index]),
  );
  const rank = (problem: FileProblem) => order.get(problem.file) ?? 0;
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}
