import type { z } from 'zod';
import { type DocumentPath, valueAt } from './document-issue.js';

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypes['_zod']['def'];

/**
 * The names of the fields that the schema knows at a path; none where any name is allowed. Where the value itself says
 * which branch of a union it is (`driver: local`), the fields of that branch.
 */
export function fieldsAt(schema: Schema, path: DocumentPath, value?: unknown): readonly string[] {
  const fields = resolve(schema, path, true, value).flatMap((found) => {
    const definition = definitionOf(found);
    return definition.type === 'object' ? Object.keys(definition.shape) : [];
  });
  return [...new Set(fields)];
}

/** The branches of the union at a path, in the order of its errors. */
export function unionAt(schema: Schema, path: DocumentPath, value?: unknown): readonly Schema[] {
  for (const found of resolve(schema, path, false, value)) {
    const definition = definitionOf(found);
    if (definition.type === 'union') return definition.options;
  }
  return [];
}

function resolve(
  schema: Schema,
  path: DocumentPath,
  throughUnion: boolean,
  value: unknown,
): readonly Schema[] {
  const definition = definitionOf(schema);
  if ('innerType' in definition) return resolve(definition.innerType, path, throughUnion, value);
  if (definition.type === 'pipe') return resolve(definition.in, path, throughUnion, value);
  if (definition.type === 'union' && (path.length > 0 || throughUnion)) {
    return branchesFor(definition, value).flatMap((option) => resolve(option, path, throughUnion, value));
  }
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  const inner = innerOf(definition, step);
  return inner === undefined ? [] : resolve(inner, rest, throughUnion, valueAt(value, [step]));
}

function branchesFor(union: Extract<Definition, { type: 'union' }>, value: unknown): readonly Schema[] {
  const field = discriminatorOf(union);
  if (field === undefined) return union.options;
  const said = valueAt(value, [field]);
  const meant = union.options.filter((option) => literalsOf(option, field).includes(said));
  return meant.length > 0 ? meant : union.options;
}

function discriminatorOf(definition: Definition): string | undefined {
  return definition.type === 'union' && 'discriminator' in definition
    ? String(definition.discriminator)
    : undefined;
}

function literalsOf(option: Schema, field: string): readonly unknown[] {
  return resolve(option, [field], true, undefined).flatMap((found) => {
    const definition = definitionOf(found);
    return definition.type === 'literal' ? definition.values : [];
  });
}

function innerOf(definition: Definition, step: string | number): Schema | undefined {
  if (definition.type === 'object') return definition.shape[step];
  if (definition.type === 'array') return definition.element;
  return definition.type === 'record' ? definition.valueType : undefined;
}

function definitionOf(schema: Schema): Definition {
  return (schema as z.core.$ZodTypes)._zod.def;
}
