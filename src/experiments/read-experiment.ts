import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ChaosManifest } from '../chaos/manifest.js';
import { checkExperiment } from './check-experiment.js';
import { checkManifest } from './check-manifest.js';
import { type DocumentIssue, valueAt } from './document-issue.js';
import { type ExperimentDocument, experimentSchema, manifestSchema } from './experiment-schema.js';
import type { FileProblem } from './file-problem.js';
import { locateIssue } from './locate-issue.js';
import { parseDocumentOf } from './parse-document-of.js';
import { readYaml, type YamlText } from './read-yaml.js';

/** An experiment with the files that it names: manifests are read, a script is looked for. */
export async function readExperiment(
  yaml: YamlText,
  value: unknown,
): Promise<{ readonly document: ExperimentDocument | undefined; readonly problems: readonly FileProblem[] }> {
  const parsed = parseDocumentOf(experimentSchema, 'Experiment', yaml, value, [
    ...checkExperiment(value),
    ...(await checkScript(yaml, value)),
  ]);
  const problems = [...parsed.problems];
  const manifests = new Map<number, ChaosManifest>();
  for (const [index, fault] of faultsOf(value).entries()) {
    const file = valueAt(fault, ['manifestFile']);
    const inline = valueAt(fault, ['manifest']);
    if (inline !== undefined) {
      const issues = checkManifest(inline, ['faults', index, 'manifest']);
      problems.push(...issues.map((issue) => locateIssue(yaml, issue)));
    }
    if (typeof file !== 'string' || file === '') continue;
    const read = await readManifest(yaml, file, ['faults', index, 'manifestFile']);
    problems.push(...read.problems);
    if (read.document !== undefined) manifests.set(index, read.document);
  }
  const document = parsed.document === undefined ? undefined : withManifests(parsed.document, manifests);
  return { document, problems };
}

type Parsed = NonNullable<ReturnType<typeof parseDocumentOf<typeof experimentSchema>>['document']>;

function withManifests(
  document: Parsed,
  fromFiles: ReadonlyMap<number, ChaosManifest>,
): ExperimentDocument | undefined {
  const faults = document.faults.flatMap((fault, index) => {
    const manifest = fault.manifest ?? fromFiles.get(index);
    return manifest === undefined ? [] : [{ ...fault, manifest }];
  });
  // A manifest that could not be read has its own problem.
  return faults.length === document.faults.length ? { ...document, faults } : undefined;
}

async function readManifest(
  yaml: YamlText,
  file: string,
  path: DocumentIssue['path'],
): Promise<{ readonly document: ChaosManifest | undefined; readonly problems: readonly FileProblem[] }> {
  const read = await readYaml(join(dirname(yaml.file), file));
  if (!read.ok) {
    const [first] = read.problems;
    // The file itself cannot be had: that is for the line that names it.
    if (first?.line !== 0) return { document: undefined, problems: read.problems };
    const issue: DocumentIssue = { path, at: 'value', message: `manifestFile "${file}": ${first.message}` };
    return { document: undefined, problems: [locateIssue(yaml, issue)] };
  }
  const parsed = parseDocumentOf(
    manifestSchema,
    'the manifest',
    read.yaml,
    read.value,
    checkManifest(read.value, []),
  );
  return { document: parsed.document, problems: [...read.problems, ...parsed.problems] };
}

async function checkScript(yaml: YamlText, value: unknown): Promise<readonly DocumentIssue[]> {
  const path = ['load', 'k6', 'script'];
  const script = valueAt(value, path);
  if (typeof script !== 'string' || script === '') return [];
  const absolute = resolve(dirname(yaml.file), script);
  try {
    await access(absolute);
    return [];
  } catch {
    return [{ path, at: 'value', message: `no such script: ${join(dirname(yaml.file), script)}` }];
  }
}

function faultsOf(value: unknown): readonly unknown[] {
  const faults = valueAt(value, ['faults']);
  return Array.isArray(faults) ? (faults as readonly unknown[]) : [];
}
