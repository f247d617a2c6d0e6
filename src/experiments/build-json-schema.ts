import { z } from 'zod';
import { NATIVE_API_VERSION, NATIVE_KINDS } from '../chaos/native-kinds.js';
import { chaosSpec, FAULT_KINDS } from './chaos-schemas.js';
import { configSchema } from './config-schema.js';
import { experimentSchema, manifestSchema } from './experiment-schema.js';
import { nativeSpec } from './native-schemas.js';
import { resultSchema } from './result-schema.js';
import { suiteSchema } from './suite-schema.js';

export const SCHEMA_KINDS = ['experiment', 'config', 'suite', 'result'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

type JsonSchema = z.core.JSONSchema.BaseSchema;

interface Published {
  readonly schema: z.ZodType;
  /** A file is described as it is written, a result as it is read. */
  readonly io: 'input' | 'output';
  readonly title: string;
  readonly description: string;
}

const PUBLISHED: Readonly<Record<SchemaKind, Published>> = {
  experiment: {
    schema: experimentSchema,
    io: 'input',
    title: 'Plimsoll experiment',
    description:
      'What is tried: a load, the faults done to the service under it, and what must hold meanwhile',
  },
  config: {
    schema: configSchema,
    io: 'input',
    title: 'Plimsoll config',
    description: 'Where experiments are tried: the environments, with their services',
  },
  suite: {
    schema: suiteSchema,
    io: 'input',
    title: 'Plimsoll suite',
    description: 'Experiments that run one after another',
  },
  result: {
    schema: resultSchema,
    io: 'output',
    title: 'Plimsoll result',
    description: 'The evidence of one run, from which its verdict and every report can be computed again',
  },
};

/** The JSON Schema (2020-12) of a kind of document, for editors and for programs that read results. */
export function buildJsonSchema(kind: SchemaKind): object {
  const { schema, io, title, description } = PUBLISHED[kind];
  const { $schema, ...body } = toJson(schema, io);
  const $id = `https://plimsoll.dev/schemas/${kind}.schema.json`;
  return { $schema, $id, title, description, ...body };
}

function toJson(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === manifestSchema) jsonSchema.allOf = manifestKinds();
      const examples = io === 'input' ? examplesOf(zodSchema) : undefined;
      if (examples !== undefined) jsonSchema.examples = examples;
      tidy(jsonSchema);
    },
  });
}

/** The fields of a manifest's spec follow from its kind. Those of a Schedule or Workflow would be all of them again. */
function manifestKinds(): JsonSchema[] {
  const ofChaosMesh = FAULT_KINDS.flatMap((kind) => {
    const spec = chaosSpec(kind);
    return spec === undefined ? [] : [ofKind(kind, { spec: specJson(spec) })];
  });
  const native = NATIVE_KINDS.map((kind) =>
    ofKind(kind, { apiVersion: { const: NATIVE_API_VERSION }, spec: specJson(nativeSpec(kind)) }),
  );
  return [...ofChaosMesh, ...native];
}

function ofKind(kind: string, properties: Record<string, JsonSchema>): JsonSchema {
  return { if: { properties: { kind: { const: kind } }, required: ['kind'] }, then: { properties } };
}

function specJson(spec: z.ZodType): JsonSchema {
  const specSchema = toJson(spec, 'input');
  delete specSchema.$schema;
  return specSchema;
}

/** zod leaves out those of values that are transformed; ours show what is written, which is what a file wants. */
function examplesOf(schema: z.core.$ZodType): unknown[] | undefined {
  const own = z.globalRegistry.get(schema)?.examples;
  if (Array.isArray(own)) return own as unknown[];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return 'innerType' in def ? examplesOf(def.innerType) : undefined;
}

function tidy(jsonSchema: JsonSchema): void {
  // Its pattern says it, in a word that every validator knows.
  if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
  // The bounds of what a double can hold are no news to anybody.
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}
