import type { z } from 'zod';
import type { DocumentPath } from './document-issue.js';

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypes['_zod']['def'];

/** The names of the fields that the schema knows at a path; none where any name is allowed. */
export function fieldsAt(schema: Schema, path: DocumentPath): readonly string[] {
  const fields = resolve(schema, path, true).flatMap((found) => {
    const definition = definitionOf(found);
    return definition.type === 'object' ? Object.keys(definition.shape) : [];
  });
  return [...new Set(fields)];
}

/** The branches of the union at a path, in the order of its errors. */
export function unionAt(schema: Schema, path: DocumentPath): readonly Schema[] {
  for (const found of resolve(schema, path, false)) {
    const definition = definitionOf(found);
    if (definition.type === 'union') return definition.options;
  }
  return [];
}

function resolve(schema: Schema, path: DocumentPath, throughUnion: boolean): readonly Schema[] {
  const definition = definitionOf(schema);
  if ('innerType' in definition) return resolve(definition.innerType, path, throughUnion);
  if (definition.type === 'pipe') return resolve(definition.in, path, throughUnion);
  if (definition.type === 'union' && (path.length > 0 || throughUnion)) {
    return definition.options.flatMap((option) => resolve(option, path, throughUnion));
  }
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  const inner = innerOf(definition, step);
  return inner === undefined ? [] : resolve(inner, rest, throughUnion);
}

function innerOf(definition: Definition, step: string | number): Schema | undefined {
  if (definition.type === 'object') return definition.shape[step];
  if (definition.type === 'array') return definition.element;
  return definition.type === 'record' ? definition.valueType : undefined;
}

function definitionOf(schema: Schema): Definition {
  return (schema as z.core.$ZodTypes)._zod.def;
}
