import { formatProblems } from '../../experiments/format-problems.js';
import { loadExperiment } from '../../experiments/load-file.js';
import { selectExperiments } from '../../experiments/select-experiments.js';
import { EXIT } from '../../shared/exit.js';
import type { CliContext } from '../cli-context.js';
import { experimentsFolder } from '../experiments-folder.js';
import { needsOf, type Needs } from '../needs-of.js';
import { painter } from '../paint.js';
import { parseSelector } from '../parse-selector.js';
import { printJson } from '../print-json.js';

export interface ListOptions {
  readonly config?: string;
  readonly selector?: readonly string[];
  readonly json?: boolean;
}

interface Listed extends Needs {
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Shows experiments with what they do and what they need. Runs nothing. */
export async function list(
  paths: readonly string[],
  options: ListOptions,
  context: CliContext,
): Promise<number> {
  const { out, err } = context.terminal;
  const places = paths.length > 0 ? paths : [await experimentsFolder(options.config, context.cwd)];
  const selected = await selectExperiments(places, parseSelector(options.selector ?? []));
  if (!selected.ok) {
    err.write(formatProblems(selected.problems, err));
    return EXIT.usage;
  }
  const listed: Listed[] = [];
  for (const { path } of selected.experiments) {
    const loaded = await loadExperiment(path);
    if (!loaded.ok) continue; // it was valid a moment ago
    const { name, description = '', labels } = loaded.document.metadata;
    listed.push({ name, file: path, description, labels, ...needsOf(loaded.document) });
  }
  if (options.json) printJson(out, listed);
  else out.write(renderList(listed, painter(out)));
  return EXIT.pass;
}

function renderList(listed: readonly Listed[], paint: ReturnType<typeof painter>): string {
  const rows = listed.map(({ name, faults, drivers, k6, labels }) => [
    name,
    faults.map(({ kind, action }) => `${kind} ${action}`.trimEnd()).join(', '),
    `${drivers.join(', ')}${k6 ? ' + k6' : ''}`,
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
  ]);
  const table = [['EXPERIMENT', 'FAULTS', 'RUNS ON', 'LABELS'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line, index) => `${index === 0 ? paint('dim', line) : line}\n`).join('');
}
