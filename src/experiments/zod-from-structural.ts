import { z } from 'zod';

/** A schema as a CRD has it ("structural"), as far as it decides what is valid; `$ref` names the spec of another kind. */
export interface StructuralSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/**
 * The same as a zod schema, so that all files are checked and explained in one way. It is stricter than the API server
 * in one point: a field that is not known is refused, where the server drops it without a word.
 */
export function zodFromStructural(
  schema: StructuralSchema,
  specOf: (reference: string) => z.ZodType,
): z.ZodType {
  const convert = (inner: StructuralSchema): z.ZodType => zodFromStructural(inner, specOf);
  const of = schema.$ref === undefined ? valueOf(schema, convert) : specOf(schema.$ref);
  return schema.nullable === true ? of.nullable() : of;
}

type Convert = (schema: StructuralSchema) => z.ZodType;

function valueOf(schema: StructuralSchema, convert: Convert): z.ZodType {
  if (schema['x-kubernetes-int-or-string'] === true) return z.union([z.int(), textOf(schema)]);
  if (schema.enum !== undefined && schema.type !== 'string') return z.literal([...schema.enum]);
  switch (schema.type) {
    case 'string':
      return schema.enum === undefined ? textOf(schema) : z.enum(schema.enum.map(String));
    case 'integer':
      return inRange(z.int(), schema);
    case 'number':
      return inRange(z.number(), schema);
    case 'boolean':
      return z.boolean();
    case 'array':
      return listOf(schema, convert);
    case 'object':
      return fieldsOf(schema, convert);
    case undefined:
    default:
      return z.unknown();
  }
}

function textOf({ pattern, minLength, maxLength }: StructuralSchema): z.ZodString {
  let text = z.string();
  if (pattern !== undefined) text = text.regex(new RegExp(pattern), `write it as ${pattern} has it`);
  if (minLength !== undefined) text = text.min(minLength);
  return maxLength === undefined ? text : text.max(maxLength);
}

function inRange(
  number: z.ZodNumber,
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: StructuralSchema,
): z.ZodNumber {
  let bounded = number;
  if (minimum !== undefined) bounded = exclusiveMinimum ? bounded.gt(minimum) : bounded.gte(minimum);
  if (maximum !== undefined) bounded = exclusiveMaximum ? bounded.lt(maximum) : bounded.lte(maximum);
  return bounded;
}

function listOf({ items = {}, minItems, maxItems }: StructuralSchema, convert: Convert): z.ZodType {
  let list = z.array(convert(items));
  if (minItems !== undefined) list = list.min(minItems);
  return maxItems === undefined ? list : list.max(maxItems);
}

function fieldsOf(
  { properties, additionalProperties, required = [] }: StructuralSchema,
  convert: Convert,
): z.ZodType {
  // Of neither known fields nor known values: anything goes.
  if (properties === undefined) return z.record(z.string(), convert(additionalProperties ?? {}));
  const shape = Object.entries(properties).map(([field, schema]) => {
    // The server fills a default in before it looks for what is required.
    const isNeeded = required.includes(field) && schema.default === undefined;
    return [field, isNeeded ? convert(schema) : convert(schema).optional()] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}
