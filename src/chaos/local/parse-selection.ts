import type { Finding } from '../../shared/finding.js';
import { didYouMean } from '../../shared/nearest-name.js';
import { SELECTION_MODES, type LabelExpression, type PodSelector, type SelectionMode } from '../manifest.js';
import type { TargetChoice } from '../select-targets.js';
import type { FieldReader, Fields } from './proxy/field-reader.js';

const SELECTOR_FIELDS = [
  ...['namespaces', 'labelSelectors', 'expressionSelectors', 'pods', 'podPhaseSelectors'],
  ...['annotationSelectors', 'fieldSelectors', 'nodes', 'nodeSelectors'],
];
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Reads selector, mode and value of any chaos object, and what else every kind has. Undefined where the reader was told why. */
export function parseSelection(
  reader: FieldReader,
  spec: Fields,
  warnings: Finding[],
): TargetChoice | undefined {
  readCommon(reader, spec);
  const mode = readMode(reader, spec);
  const value = readValue(reader, spec);
  const fields = reader.object(spec, 'spec', 'selector');
  if (fields === undefined) {
    if (spec.selector === undefined)
      reader.invalid('spec.selector', 'missing', 'write selector: {labelSelectors: {...}}');
    return undefined;
  }
  const selector = readSelector(reader, fields, warnings);
  return mode === undefined ? undefined : { selector, mode, ...(value === undefined ? {} : { value }) };
}

function readCommon(reader: FieldReader, spec: Fields): void {
  reader.durationMs(spec, 'spec', 'duration'); // the experiment's window decides; it must be readable all the same
  if (isGiven(spec.remoteCluster))
    reader.needsCluster('spec.remoteCluster', 'there is no other cluster here');
  if (isGiven(spec.scheduler)) {
    reader.invalid('spec.scheduler', 'Chaos Mesh 2 knows it no more', 'write every: beside the manifest');
  }
}

function readMode(reader: FieldReader, spec: Fields): SelectionMode | undefined {
  const text = reader.text(spec, 'spec', 'mode');
  const mode = SELECTION_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  const remedy = `write one of ${SELECTION_MODES.join(', ')}`;
  if (text !== undefined)
    reader.invalid('spec.mode', `unknown mode "${text}"${didYouMean(text, SELECTION_MODES)}`, remedy);
  else if (spec.mode === undefined) reader.invalid('spec.mode', 'missing', remedy);
  return undefined;
}

function readValue(reader: FieldReader, spec: Fields): string | undefined {
  if (typeof spec.value === 'number') {
    reader.invalid(
      'spec.value',
      'Chaos Mesh takes a text here, not a number',
      `write value: "${spec.value}"`,
    );
    return undefined;
  }
  const value = reader.text(spec, 'spec', 'value');
  return value === '' ? undefined : value;
}

function readSelector(reader: FieldReader, fields: Fields, warnings: Finding[]): PodSelector {
  const at = 'spec.selector';
  reader.onlyKnown(fields, at, SELECTOR_FIELDS);
  for (const name of ['nodes', 'nodeSelectors']) {
    if (isGiven(fields[name])) reader.needsCluster(`${at}.${name}`, 'there are no nodes here');
  }
  for (const name of ['annotationSelectors', 'fieldSelectors']) {
    if (isGiven(fields[name]))
      reader.needsCluster(`${at}.${name}`, 'a local replica has labels and a name only');
  }
  const phases = readTexts(reader, fields, at, 'podPhaseSelectors') ?? [];
  if (phases.length > 0 && !phases.includes('Running')) {
    reader.needsCluster(
      `${at}.podPhaseSelectors`,
      'a local replica can carry a fault only while it is Running',
    );
  }
  const namespaces = readTexts(reader, fields, at, 'namespaces') ?? [];
  if (namespaces.length > 0) warnings.push(namespacesIgnored(namespaces));
  const labelSelectors = readLabels(reader, fields, at);
  const expressionSelectors = readExpressions(reader, fields, at);
  const pods = readPods(reader, fields, at);
  return {
    ...(labelSelectors === undefined ? {} : { labelSelectors }),
    ...(expressionSelectors === undefined ? {} : { expressionSelectors }),
    ...(pods === undefined ? {} : { pods }),
  };
}

function readLabels(reader: FieldReader, fields: Fields, at: string): Record<string, string> | undefined {
  const labels = reader.object(fields, at, 'labelSelectors');
  if (labels === undefined) return undefined;
  const entries = Object.entries(labels).map(([key, value]): [string, string] => {
    if (typeof value === 'string') return [key, value];
    reader.invalid(`${at}.labelSelectors.${key}`, 'a text is expected', `write ${key}: "..."`);
    return [key, ''];
  });
  return Object.fromEntries(entries);
}

function readExpressions(reader: FieldReader, fields: Fields, at: string): LabelExpression[] | undefined {
  const value = fields.expressionSelectors;
  if (value === undefined || value === null) return undefined;
  const here = `${at}.expressionSelectors`;
  if (!Array.isArray(value)) {
    reader.invalid(here, 'a list is expected', 'write - {key: tier, operator: In, values: ["1"]}');
    return undefined;
  }
  return value.flatMap((item: unknown, index) => {
    const expression = reader.object({ item }, here, 'item') ?? {};
    const path = `${here}.${index}`;
    reader.onlyKnown(expression, path, ['key', 'operator', 'values']);
    const key = reader.text(expression, path, 'key');
    const operator = reader.text(expression, path, 'operator');
    const values = readTexts(reader, expression, path, 'values');
    if (key === undefined) reader.invalid(`${path}.key`, 'missing');
    if (operator === undefined || !OPERATORS.includes(operator)) {
      reader.invalid(`${path}.operator`, `write one of ${OPERATORS.join(', ')}`);
    }
    if ((operator === 'In' || operator === 'NotIn') && (values ?? []).length === 0) {
      reader.invalid(`${path}.values`, `${operator} needs values`);
    }
    return key === undefined || operator === undefined
      ? []
      : [{ key, operator, ...(values ? { values } : {}) }];
  });
}

function readPods(reader: FieldReader, fields: Fields, at: string): Record<string, string[]> | undefined {
  const pods = reader.object(fields, at, 'pods');
  if (pods === undefined) return undefined;
  const names = Object.keys(pods).map((namespace): [string, string[]] => [
    namespace,
    readTexts(reader, pods, `${at}.pods`, namespace) ?? [],
  ]);
  return Object.fromEntries(names);
}

function readTexts(reader: FieldReader, fields: Fields, at: string, name: string): string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  reader.invalid(`${at}.${name}`, 'a list of texts is expected', `write ${name}: ["..."]`);
  return undefined;
}

function namespacesIgnored(namespaces: readonly string[]): Finding {
  return {
    severity: 'warning',
    code: 'namespaces-ignored',
    message: `spec.selector.namespaces (${namespaces.join(', ')}) selects nothing in the local environment, which has no namespaces`,
    remedy: '',
  };
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
