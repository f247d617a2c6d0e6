import type { z } from 'zod';
import { didYouMean, nearestName } from '../shared/nearest-name.js';
import { type DocumentIssue, type DocumentPath, valueAt } from './document-issue.js';
import { fieldsAt, unionAt } from './schema-fields.js';
import { rivalMessage } from './rival-fields.js';
import { nounOf, outOfRange, typeName, wrongType, wrongValue } from './issue-words.js';

type Issue = z.core.$ZodIssue;

/** What a place of the document is called in messages. */
export type NamePath = (path: DocumentPath) => string;

interface Context {
  readonly schema: z.core.$ZodType;
  /** The whole document, and where in it the schema stands. */
  readonly value: unknown;
  readonly base: DocumentPath;
  readonly nameOf: NamePath;
}

/** What zod says unless a schema has words of its own: nothing, since the words are made here. */
const NO_WORDS = { error: () => '' };

/** Holds a value against a schema; `issues` is everything against it, in words for its author. */
export function parseDescribed<T extends z.ZodType>(
  schema: T,
  value: unknown,
  nameOf: NamePath,
): { readonly output: z.output<T> | undefined; readonly issues: readonly DocumentIssue[] } {
  const parsed = schema.safeParse(value, NO_WORDS);
  return parsed.success
    ? { output: parsed.data, issues: [] }
    : { output: undefined, issues: describeAll(parsed.error.issues, { schema, value, base: [], nameOf }) };
}

function describeAll(issues: readonly Issue[], context: Context): readonly DocumentIssue[] {
  const typos = issues.flatMap((issue) => meantFields(issue, context));
  return issues
    .filter((issue) => !(isMissing(issue, context) && typos.includes(pathKey(issue.path))))
    .flatMap((issue) => describe(issue, context));
}

/** The fields that unknown ones are typos of: that they are missing is no news then. */
function meantFields(issue: Issue, context: Context): string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const fields = fieldsAt(context.schema, stepsOf(issue.path), valueAt(context.value, context.base));
  return issue.keys
    .map((key) => nearestName(key, fields))
    .filter((field) => field !== undefined)
    .map((field) => pathKey([...issue.path, field]));
}

function describe(issue: Issue, context: Context): readonly DocumentIssue[] {
  const path = [...context.base, ...stepsOf(issue.path)];
  const here = context.nameOf(path);
  const found = valueAt(context.value, path);
  const wrong = (message: string): DocumentIssue[] => [{ path, at: 'value', message }];
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue, context)
        ? [missing(path, context)]
        : wrong(issue.message === '' ? wrongType(here, issue.expected, found) : issue.message);
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, path, context));
    case 'invalid_value':
      return isMissing(issue, context)
        ? [missing(path, context)]
        : wrong(wrongValue(here, issue.values, found));
    case 'invalid_union':
      return describeUnion(issue, path, context);
    case 'invalid_key': {
      const name = String(path.at(-1));
      const reason = issue.issues[0]?.message ?? '';
      return [{ path, at: 'key', message: `${context.nameOf(path.slice(0, -1))} "${name}": ${reason}` }];
    }
    case 'too_small':
    case 'too_big':
      return wrong(outOfRange(here, issue));
    case 'invalid_format':
      return wrong(`${here} "${String(found)}": ${issue.message}`);
    case 'not_multiple_of':
      return wrong(`${here} must be a multiple of ${String(issue.divisor)}`);
    case 'invalid_element':
    case 'custom':
      return wrong(issue.message);
  }
}

/** Speaks for the branch that the author meant: of the right type, and with the fewest fields it does not know. */
function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: DocumentPath,
  context: Context,
): readonly DocumentIssue[] {
  if (issue.errors.length === 0) return describeDiscriminator(issue, path, context);
  const union = unionAt(context.schema, stepsOf(issue.path), valueAt(context.value, context.base));
  const found = valueAt(context.value, path);
  const branches = issue.errors
    .map((issues, index) => ({ issues, schema: union[index] }))
    .filter(
      (branch) => !branch.issues.some((inner) => inner.path.length === 0 && isOfOtherType(inner, found)),
    );
  const meant = branches.sort(
    (a, b) => unknownCount(a) - unknownCount(b) || a.issues.length - b.issues.length,
  )[0];
  if (meant?.schema === undefined) {
    if (isMissing(issue, context)) return [missing(path, context)];
    const expected = new Set(
      issue.errors.flatMap((issues) =>
        issues.flatMap((inner) => (inner.code === 'invalid_type' ? [typeName(inner.expected)] : [])),
      ),
    );
    const here = context.nameOf(path);
    const wanted = [...expected].join(' or ');
    const message =
      found === null
        ? `${here} is empty; it must be ${wanted}`
        : `${here} must be ${wanted}, not ${nounOf(found)}`;
    return [{ path, at: 'value', message }];
  }
  const others = branches
    .filter((branch) => branch !== meant)
    .flatMap(({ schema }) => (schema ? fieldsAt(schema, []) : []));
  const inner = { ...context, schema: meant.schema, base: path };
  return describeAll(meant.issues, inner).map((described) =>
    rivalField(described, found, meant.schema, others, inner),
  );
}

/** The path ends in the field that says which branch it is. */
function describeDiscriminator(
  issue: z.core.$ZodIssueInvalidUnion,
  path: DocumentPath,
  context: Context,
): readonly DocumentIssue[] {
  if (isMissing(issue, context)) return [missing(path, context)];
  const values = 'options' in issue ? (issue.options ?? []) : [];
  const message = wrongValue(context.nameOf(path), values, valueAt(context.value, path));
  return [{ path, at: 'value', message }];
}

/** A field that another branch knows is not unknown: it only cannot stand beside the ones of this branch. */
function rivalField(
  described: DocumentIssue,
  found: unknown,
  schema: z.core.$ZodType | undefined,
  others: readonly string[],
  context: Context,
): DocumentIssue {
  if (schema === undefined) return described;
  if (described.at !== 'key' || described.path.length !== context.base.length + 1) return described;
  const where = context.nameOf(context.base);
  const field = String(described.path.at(-1));
  const message = rivalMessage(field, { found, own: fieldsAt(schema, []), others, where });
  return message === undefined ? described : { ...described, message };
}

function unknownField(key: string, path: DocumentPath, context: Context): DocumentIssue {
  const where = context.nameOf(path);
  const steps = path.slice(context.base.length);
  const root = valueAt(context.value, context.base);
  const fields = fieldsAt(context.schema, steps, root);
  const issue = { path: [...path, key], at: 'key' } as const;
  if (key === '<<') return { ...issue, message: 'merge keys ("<<") are not read; write the fields out' };
  const branches = unionAt(context.schema, steps, root).map((branch) => fieldsAt(branch, []));
  const own = branches.filter((known) => !known.includes(key)).flat();
  const others = branches.filter((known) => known.includes(key)).flat();
  const rival = rivalMessage(key, { found: valueAt(context.value, path), own, others, where });
  return { ...issue, message: rival ?? `unknown field "${key}" in ${where}${didYouMean(key, fields)}` };
}

function missing(path: DocumentPath, context: Context): DocumentIssue {
  const parent = context.nameOf(path.slice(0, -1));
  return { path, at: 'key', message: `missing field "${String(path.at(-1))}" in ${parent}` };
}

function isMissing(issue: Issue, context: Context): boolean {
  const isAbout =
    issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
  return isAbout && valueAt(context.value, [...context.base, ...stepsOf(issue.path)]) === undefined;
}

/** Whoever wrote a set of fields did not mean one of the words that may stand there too. */
function isOfOtherType({ code }: Issue, found: unknown): boolean {
  return code === 'invalid_type' || (code === 'invalid_value' && typeof found === 'object');
}

function unknownCount(branch: { readonly issues: readonly Issue[] }): number {
  return branch.issues.reduce(
    (sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0),
    0,
  );
}

/** YAML has no symbols as keys. */
function stepsOf(path: readonly PropertyKey[]): DocumentPath {
  return path.filter((step) => typeof step !== 'symbol');
}

function pathKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(stepsOf(path));
}
