import type { FileProblem, Loaded } from '../../experiments/file-problem.js';
import { formatProblems } from '../../experiments/format-problems.js';
import { type AnyDocument, loadAny } from '../../experiments/load-file.js';
import { warnAboutKinds } from '../../experiments/warn-about-kinds.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import { findDocuments } from '../find-documents.js';
import { painter } from '../paint.js';
import { printJson } from '../print-json.js';

/** A file and everything that is wrong with it. */
interface CheckedFile {
  readonly file: string;
  readonly kind: AnyDocument['kind'] | null;
  readonly problems: readonly FileProblem[];
  /** What is odd, but no mistake that Plimsoll could be sure of. */
  readonly warnings: readonly FileProblem[];
}

export interface ValidateOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Reads files and says everything that is wrong with them. */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  context: CliContext,
): Promise<number> {
  const checked: CheckedFile[] = [];
  for (const file of await findDocuments(paths)) {
    const loaded = await loadAny(file);
    checked.push(
      loaded.ok
        ? { file, kind: loaded.document.kind, problems: [], warnings: warningsOf(loaded) }
        : { file, kind: null, problems: loaded.problems, warnings: [] },
    );
  }
  const problems = checked.flatMap((each) => each.problems);
  const valid = problems.length === 0;
  const { out } = context.terminal;
  if (options.json) printJson(out, { valid, files: checked });
  else if (!valid) out.write(formatProblems(problems, out));
  else if (!options.quiet) out.write(validLines(checked, painter(out)('green', '✔')));
  for (const { file, line, column, message } of checked.flatMap((each) => each.warnings)) {
    context.terminal.err.write(`warning: ${file}:${line}:${column}  ${message}\n`);
  }
  return valid ? EXIT.pass : EXIT.usage;
}

function warningsOf(loaded: Extract<Loaded<AnyDocument>, { ok: true }>): readonly FileProblem[] {
  const { document } = loaded;
  return document.kind === 'Experiment' ? warnAboutKinds({ ...loaded, document }) : [];
}

function validLines(checked: readonly CheckedFile[], mark: string): string {
  const width = Math.max(...checked.map(({ file }) => file.length));
  return checked.map(({ file, kind }) => `${mark} ${file.padEnd(width)}  ${kind ?? ''}\n`).join('');
}
