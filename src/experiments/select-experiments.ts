import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { DurationMs } from '../shared/time.js';
import type { DocumentIssue } from './document-issue.js';
import { emptySelection, type Passed } from './empty-selection.js';
import { expandPath } from './expand-path.js';
import { type FileProblem, type Loaded, wholeFileProblem } from './file-problem.js';
import { loadExperiment, loadRunnable } from './load-file.js';
import { locateIssue } from './locate-issue.js';
import { type Labels, readHead } from './read-head.js';
import { parseYaml } from './read-yaml.js';
import type { SuiteDocument } from './suite-schema.js';

/** An experiment that is to be run, and how its suite wants that done. */
export interface SelectedExperiment {
  readonly path: string;
  /** How often an inconclusive run is tried again. */
  readonly retries: number;
  /** Rest before the next run. */
  readonly cooldownMs: DurationMs;
  readonly onBreach: 'continue' | 'stop';
}

export type Selection =
  /** At least one, all of them valid, in the order in which they are run. */
  | { readonly ok: true; readonly experiments: readonly SelectedExperiment[] }
  /** Everything that is wrong with all of the files. */
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

type Conduct = Omit<SelectedExperiment, 'path'>;

interface Candidate {
  readonly path: string;
  readonly conduct: Conduct;
  /** Of the suite it came with. */
  readonly selector: Labels;
}

interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly FileProblem[];
}

const ALONE: Conduct = { retries: 0, cooldownMs: 0, onBreach: 'continue' };

/**
 * The experiments that paths stand for: files, suites, folders with all below them, patterns. One that is named
 * twice runs once. With a selector only those that have all its labels; the others may be invalid.
 * @throws {PlimsollError} USAGE where that leaves none.
 */
export async function selectExperiments(paths: readonly string[], selector: Labels): Promise<Selection> {
  const found = await Promise.all(paths.map(candidatesOf));
  const problems = found.flatMap((each) => each.problems);
  const selected: SelectedExperiment[] = [];
  const passed: Passed[] = [];
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { path, conduct, selector: ofSuite } of found.flatMap((each) => each.candidates)) {
    const file = await realpath(path);
    if (taken.has(file)) continue;
    const loaded = await loadExperiment(path);
    const labels = loaded.ok ? loaded.document.metadata.labels : await labelsOf(path);
    if (labels !== undefined && !hasAll(labels, ofSuite, selector)) {
      passed.push({ file, labels, wanted: { ...ofSuite, ...selector } });
      continue;
    }
    taken.add(file);
    problems.push(...(loaded.ok ? nameProblems(loaded, names) : loaded.problems));
    selected.push({ path, ...conduct });
  }
  if (problems.length > 0) return { ok: false, problems };
  if (selected.length === 0) throw emptySelection(paths, passed);
  return { ok: true, experiments: selected };
}

async function candidatesOf(path: string): Promise<Candidates> {
  const expanded = await expandPath(path);
  if (expanded.status === 'nothing') {
    return { candidates: [], problems: [wholeFileProblem(path, expanded.reason)] };
  }
  if (expanded.status === 'several') return candidatesAt(expanded.paths, ALONE, {});
  const loaded = await loadRunnable(path);
  if (loaded.ok && loaded.document.kind === 'Suite') {
    return await candidatesOfSuite(path, loaded.document, loaded.source);
  }
  const { kind } = await readHead(path);
  // Only an experiment can be passed over for its labels.
  if (!loaded.ok && kind !== 'experiment') return { candidates: [], problems: loaded.problems };
  return candidatesAt([path], ALONE, {});
}

async function candidatesOfSuite(file: string, suite: SuiteDocument, source: string): Promise<Candidates> {
  const { retries, cooldown: cooldownMs, onBreach, selector } = suite;
  const candidates: Candidate[] = [];
  const issues: DocumentIssue[] = [];
  for (const [index, entry] of suite.experiments.entries()) {
    const expanded = await expandPath(isAbsolute(entry) ? entry : join(dirname(file), entry));
    if (expanded.status === 'nothing') {
      issues.push({ path: ['experiments', index], at: 'value', message: `"${entry}": ${expanded.reason}` });
    } else {
      const paths = expanded.status === 'file' ? [expanded.path] : expanded.paths;
      candidates.push(...candidatesAt(paths, { retries, cooldownMs, onBreach }, selector).candidates);
    }
  }
  const read = parseYaml(file, source);
  return { candidates, problems: read.ok ? issues.map((issue) => locateIssue(read.yaml, issue)) : [] };
}

function candidatesAt(paths: readonly string[], conduct: Conduct, selector: Labels): Candidates {
  return { candidates: paths.map((path) => ({ path, conduct, selector })), problems: [] };
}

/** Of an experiment that has mistakes; nothing else can be passed over for its labels. */
async function labelsOf(path: string): Promise<Labels | undefined> {
  const { kind, labels } = await readHead(path);
  return kind === 'experiment' ? labels : undefined;
}

function hasAll(labels: Labels, ...selectors: readonly Labels[]): boolean {
  return selectors.every((selector) =>
    Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value),
  );
}

/** Reports lie in a folder with the experiment's name: two of one name would get mixed up. */
function nameProblems(
  { path, source, document }: Extract<Loaded<{ metadata: { name: string } }>, { ok: true }>,
  names: Map<string, string>,
): readonly FileProblem[] {
  const { name } = document.metadata;
  const other = names.get(name);
  if (other === undefined) {
    names.set(name, path);
    return [];
  }
  const message = `the experiment in ${other} has the name "${name}" too`;
  const read = parseYaml(path, source);
  return read.ok ? [locateIssue(read.yaml, { path: ['metadata', 'name'], at: 'value', message })] : [];
}
