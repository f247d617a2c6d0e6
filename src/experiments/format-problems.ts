import type { FileProblem } from './file-problem.js';

const GUTTER = 5;
const WIDEST_LINE = 120;

/** Problems for people: place and message, the line with a caret under what is wrong, and how many there are. */
export function formatProblems(
  problems: readonly FileProblem[],
  options: { readonly colour: boolean },
): string {
  const paint = (code: number, text: string) => (options.colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const blocks = problems.map((problem) => {
    const message = printable(problem.message);
    if (problem.line === 0) return `${paint(1, problem.file)}  ${paint(31, message)}\n`;
    const place = `${problem.file}:${problem.line}:${problem.column}`;
    const { text, column } = excerpt(problem);
    const gap = text.slice(0, column).replace(/[^\t]/g, ' ');
    const caret = '^'.repeat(Math.max(1, Math.min(problem.length, text.length - column)));
    const number = String(problem.line).padStart(GUTTER);
    return [
      `${paint(1, place)}  ${paint(31, message)}`,
      paint(2, `${number} | `) + text,
      paint(2, `${' '.repeat(GUTTER)} | `) + gap + paint(31, caret),
      '',
    ].join('\n');
  });
  return `${blocks.join('')}${countLine(problems)}\n`;
}

function countLine(problems: readonly FileProblem[]): string {
  const files = new Set(problems.map((problem) => problem.file)).size;
  return `${count(problems.length, 'problem')} in ${count(files, 'file')}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The part of a long line around its problem. */
function excerpt(problem: FileProblem): { readonly text: string; readonly column: number } {
  const line = printable(problem.sourceLine);
  const column = problem.column - 1;
  if (line.length <= WIDEST_LINE) return { text: line, column };
  const from = Math.max(0, Math.min(column - WIDEST_LINE / 4, line.length - WIDEST_LINE));
  const head = from > 0 ? '…' : '';
  const tail = from + WIDEST_LINE < line.length ? '…' : '';
  return { text: head + line.slice(from, from + WIDEST_LINE) + tail, column: column - from + head.length };
}

/** Control characters of a file must not reach the terminal. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '\ufffd');
}
