import { isNativeKind } from '../chaos/native-kinds.js';
import { didYouMean } from '../shared/nearest-name.js';
import { type ConfigDocument, configSchema } from './config-schema.js';
import { type DocumentIssue, isFields, valueAt } from './document-issue.js';
import type { ExperimentDocument } from './experiment-schema.js';
import { type FileProblem, type Loaded, sortProblems } from './file-problem.js';
import { oneOf } from './issue-words.js';
import { locateIssue } from './locate-issue.js';
import { parseDocumentOf } from './parse-document-of.js';
import { readExperiment } from './read-experiment.js';
import { readYaml, type YamlText } from './read-yaml.js';
import { checkTemplates } from './resolve-templates.js';
import { type SuiteDocument, suiteSchema } from './suite-schema.js';

export type AnyDocument = ExperimentDocument | ConfigDocument | SuiteDocument;

type Kind = AnyDocument['kind'];

/** What a kind of file was read as; undefined where its problems forbid it. */
export interface ReadDocument<T> {
  readonly document: T | undefined;
  readonly problems: readonly FileProblem[];
}

type Reader<T> = (yaml: YamlText, value: unknown) => Promise<ReadDocument<T>> | ReadDocument<T>;

const READERS = {
  Experiment: readExperiment,
  Config: (yaml: YamlText, value: unknown) =>
    parseDocumentOf(configSchema, 'Config', yaml, value, checkConfigTemplates(value)),
  Suite: (yaml: YamlText, value: unknown) => parseDocumentOf(suiteSchema, 'Suite', yaml, value),
} satisfies { [K in Kind]: Reader<Extract<AnyDocument, { kind: K }>> };

/** Reads and checks an experiment, with the manifests that it names in files of their own. */
export async function loadExperiment(path: string): Promise<Loaded<ExperimentDocument>> {
  return await load(path, { Experiment: READERS.Experiment });
}

/** Reads and checks a `plimsoll.yaml`. */
export async function loadConfig(path: string): Promise<Loaded<ConfigDocument>> {
  return await load(path, { Config: READERS.Config });
}

/** Reads and checks a suite; the experiments that it names are not read. */
export async function loadSuite(path: string): Promise<Loaded<SuiteDocument>> {
  return await load(path, { Suite: READERS.Suite });
}

/** Reads and checks what can be run: an experiment, or a suite. */
export async function loadRunnable(path: string): Promise<Loaded<ExperimentDocument | SuiteDocument>> {
  const { Experiment, Suite } = READERS;
  return await load<ExperimentDocument | SuiteDocument>(path, { Experiment, Suite });
}

/** Reads and checks a file as what its `kind` says. */
export async function loadAny(path: string): Promise<Loaded<AnyDocument>> {
  return await load<AnyDocument>(path, READERS);
}

async function load<T>(path: string, readers: Readonly<Record<string, Reader<T>>>): Promise<Loaded<T>> {
  const file = await readYaml(path);
  if (!file.ok) return file;
  const kind = isFields(file.value) ? file.value.kind : undefined;
  const reader = typeof kind === 'string' && Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  const { document, problems } =
    reader === undefined
      ? {
          document: undefined,
          problems: [locateIssue(file.yaml, wrongKind(file.value, Object.keys(readers)))],
        }
      : await reader(file.yaml, file.value);
  const all = sortProblems([...file.problems, ...problems]);
  return document === undefined || all.length > 0
    ? { ok: false, problems: all }
    : { ok: true, document, source: file.yaml.text, path };
}

/** The one part of a config that has templates. */
function checkConfigTemplates(value: unknown): readonly DocumentIssue[] {
  const environments = valueAt(value, ['environments']);
  return Object.keys(isFields(environments) ? environments : {}).flatMap((name) => {
    const path = ['environments', name, 'prometheus'];
    return checkTemplates(valueAt(value, path), path);
  });
}

function wrongKind(value: unknown, wanted: readonly string[]): DocumentIssue {
  if (!isFields(value)) return { path: [], at: 'value', message: `not a Plimsoll file: it has no fields` };
  const { apiVersion, kind } = value;
  const at: DocumentIssue = { path: ['kind'], at: 'value', message: '' };
  if (kind === undefined) return { ...at, message: `missing field "kind": it must be ${oneOf(wanted)}` };
  if (typeof kind !== 'string') return { ...at, message: `kind must be ${oneOf(wanted)}` };
  if (typeof apiVersion === 'string' && apiVersion.startsWith('chaos-mesh.org/')) {
    return {
      ...at,
      message: `this is a ${kind} of Chaos Mesh; an experiment takes it in with "manifestFile"`,
    };
  }
  if (isNativeKind(kind)) {
    return {
      ...at,
      message: `this is the manifest of a fault; an experiment takes it in with "manifestFile"`,
    };
  }
  if (Object.hasOwn(READERS, kind))
    return { ...at, message: `this file is a ${kind}; what is needed here is ${oneOf(wanted)}` };
  const hint = wanted.length === 1 ? '' : didYouMean(kind, wanted);
  return { ...at, message: `unknown kind "${kind}": it must be ${oneOf(wanted)}${hint}` };
}
