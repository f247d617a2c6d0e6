import { z } from 'zod';
import { durationSchema, rateSchema } from './quantity-schemas.js';

const name = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'a name has lower-case letters, digits and hyphens, as Kubernetes names have',
  )
  .max(50);

const labels = z.record(z.string(), z.string());

export const metadataSchema = z.strictObject({
  name,
  description: z.string().optional(),
  owner: z.string().optional(),
  labels: labels.default({}),
});

const requestSchema = z.strictObject({
  name: z.string().min(1).optional().describe('The endpoint in every table; default: method and path'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: z.string().startsWith('/', 'a path starts with "/"'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .describe('A text is sent as it is; anything else as JSON'),
  weight: z.number().positive().default(1),
  expect: z
    .strictObject({
      status: z.union([
        z.int().min(100).max(599),
        z.string().regex(/^[1-5]xx$/, 'write a status like 201 or 2xx'),
      ]),
    })
    .optional(),
});

const profileSchema = z.union([
  z.strictObject({ rate: rateSchema, maxVUs: z.int().positive().default(100) }),
  z.strictObject({ vus: z.int().positive() }),
]);

const loadSchema = z
  .strictObject({
    k6: z
      .strictObject({ script: z.string().min(1), env: z.record(z.string(), z.string()).default({}) })
      .optional(),
    http: z
      .strictObject({
        baseUrl: z.string().min(1),
        timeout: durationSchema.default(10_000),
        headers: z.record(z.string(), z.string()).default({}),
        requests: z.array(requestSchema).min(1),
      })
      .optional(),
    profile: profileSchema.optional(),
  })
  .refine((load) => (load.k6 === undefined) !== (load.http === undefined), 'a load is either "k6" or "http"')
  .refine((load) => load.http === undefined || load.profile !== undefined, 'a "http" load needs a "profile"');

const manifestSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z
    .looseObject({
      name: z.string().optional(),
      namespace: z.string().optional(),
      labels: labels.optional(),
      annotations: labels.optional(),
    })
    .optional(),
  spec: z.record(z.string(), z.unknown()),
});

const faultSchema = z
  .strictObject({
    name: name.optional(),
    manifest: manifestSchema.optional(),
    manifestFile: z.string().min(1).optional(),
    at: durationSchema.default(0).describe('From the start of the fault phase'),
    for: durationSchema.optional().describe('How long it stays; default: to the end of the fault phase'),
    every: durationSchema.optional().describe('It comes again each time this much has passed'),
  })
  .refine(
    (fault) => (fault.manifest === undefined) !== (fault.manifestFile === undefined),
    'a fault has either "manifest" or "manifestFile"',
  );

const objectiveSchema = z.union([
  z.string().min(1),
  z.strictObject({
    objective: z.string().min(1),
    minSamples: z.int().positive().optional(),
    description: z.string().optional(),
  }),
]);

const slaSchema = z.strictObject({
  steady: z.array(objectiveSchema).default([]),
  fault: z.array(objectiveSchema).default([]),
  recovery: z.array(objectiveSchema).default([]),
});

/** An experiment file: what is tried. Durations come out in ms, rates per second. */
export const experimentSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Experiment'),
  metadata: metadataSchema,
  hypothesis: z.string().min(1),
  phases: z.strictObject({
    warmup: durationSchema.default(0),
    steady: durationSchema,
    fault: durationSchema,
    recovery: durationSchema,
  }),
  load: loadSchema,
  faults: z.array(faultSchema).min(1),
  sla: slaSchema,
  guards: z
    .strictObject({
      maxTargets: z.int().positive().optional().describe('The blast radius: more targets stop the run'),
      minCoverage: z
        .number()
        .min(0)
        .max(1)
        .default(1)
        .describe('Share of the selected targets that must carry the fault throughout'),
      stopWhen: z.array(z.string().min(1)).default([]).describe('Conditions that end the fault at once'),
    })
    .prefault({}),
  deadlines: z
    .strictObject({
      start: durationSchema.default(60_000),
      inject: durationSchema.default(30_000),
      recover: durationSchema.default(60_000),
    })
    .prefault({}),
});

export type ExperimentDocument = z.output<typeof experimentSchema>;
