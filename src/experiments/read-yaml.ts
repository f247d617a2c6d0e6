import { readFile } from 'node:fs/promises';
import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { messageOf } from '../shared/errors.js';
import { type FileProblem, wholeFileProblem } from './file-problem.js';

/** The text of a YAML file with its tree, from which every value's place can be told. */
export interface YamlText {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

export type ReadYaml =
  | {
      readonly ok: true;
      readonly yaml: YamlText;
      readonly value: unknown;
      /** Mistakes that leave the rest readable: a field that stands there twice. */
      readonly problems: readonly FileProblem[];
    }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads a file as one YAML 1.2 document (JSON is one too). */
export async function readYaml(file: string): Promise<ReadYaml> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { ok: false, problems: [wholeFileProblem(file, unreadable(error))] };
  }
  return parseYaml(file, text);
}

export function parseYaml(file: string, fileText: string): ReadYaml {
  const text = fileText.replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    merge: false,
  });
  const yaml: YamlText = { file, text, document, lines };
  const faults = withoutEchoes([...document.errors, ...document.warnings]);
  const problems = faults.map((fault) => syntaxProblem(yaml, fault));
  if (faults.some((fault) => fault.code !== 'DUPLICATE_KEY')) return { ok: false, problems };
  try {
    const value: unknown = document.toJS();
    if (value === null || value === undefined) {
      return { ok: false, problems: [...problems, wholeFileProblem(file, 'the file is empty')] };
    }
    return { ok: true, yaml, value, problems };
  } catch (error) {
    // Aliases that lead nowhere, or that would blow up a small file to a huge value.
    return {
      ok: false,
      problems: [...problems, wholeFileProblem(file, `invalid YAML: ${messageOf(error)}`)],
    };
  }
}

/** A problem at a range of the text, cut to its first line. */
export function problemInText(
  yaml: YamlText,
  [start, end]: readonly [number, number],
  message: string,
): FileProblem {
  const { line, col } = yaml.lines.linePos(Math.min(start, yaml.text.length));
  const lineStart = yaml.lines.lineStarts[line - 1] ?? 0;
  const sourceLine = /[^\r\n]*/.exec(yaml.text.slice(lineStart))?.[0] ?? '';
  const length = Math.max(1, Math.min(end - start, sourceLine.trimEnd().length - (col - 1)));
  return { file: yaml.file, line, column: col, length, message, sourceLine };
}

/** One mistake makes the parser complain several times of one place: the first says it best. */
function withoutEchoes(faults: readonly YAMLError[]): readonly YAMLError[] {
  const places = new Set<number>();
  return faults.filter(({ pos: [start] }) => places.size < places.add(start).size);
}

function syntaxProblem(yaml: YamlText, fault: YAMLError): FileProblem {
  const [start, end] = fault.pos;
  switch (fault.code as string) {
    case 'DUPLICATE_KEY': {
      const field = /^(["']?)([^\s:"']*)\1/.exec(yaml.text.slice(start));
      const range = [start, start + (field?.[0].length ?? 1)] as const;
      return problemInText(yaml, range, `the field "${field?.[2] ?? ''}" stands here twice`);
    }
    case 'MULTIPLE_DOCS':
      return problemInText(
        yaml,
        [start, start + '---'.length],
        'more than one YAML document in this file; put each into a file of its own',
      );
    case 'TAB_AS_INDENT':
      return problemInText(yaml, [start, end], 'invalid YAML: indent with spaces, not with tabs');
    case 'BLOCK_AS_IMPLICIT_KEY':
      return problemInText(
        yaml,
        [start, end],
        'invalid YAML: a text with ": " in it needs quotes; or the line below is indented too far',
      );
    case 'BAD_INDENT':
      return fault.message.startsWith('Flow ')
        ? problemInText(yaml, [start, end], 'invalid YAML: a "{" or "[" above this line is not closed')
        : problemInText(yaml, [start, end], `invalid YAML: ${fault.message}`);
    default:
      return problemInText(yaml, [start, end], `invalid YAML: ${fault.message}`);
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'this is a folder; name a file in it';
  if (code === 'EACCES') return 'no permission to read this file';
  return `cannot be read: ${messageOf(error)}`;
}
