import { z } from 'zod';
import type { ChaosManifest } from '../chaos/manifest.js';
import { NATIVE_API_VERSION, NATIVE_KINDS } from '../chaos/native-kinds.js';
import { CHAOS_KINDS } from './chaos-schemas.js';
import { failuresSchema, objectiveSchema } from './objective-schema.js';
import { goBenchSchema } from './go-bench-schema.js';
import { durationSchema, rateSchema } from './quantity-schemas.js';
import { rowFormatSchema } from './row-format-schema.js';
import { MOST_TRIALS } from './trials.js';

const name = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'a name has lower-case letters, digits and hyphens, as Kubernetes names have',
  )
  .max(50);

export const labelsSchema = z.record(z.string().min(1), z.string());

export const metadataSchema = z.strictObject({
  name: name.describe('Names it in reports, folders and objects; unique among its neighbours'),
  description: z.string().optional().describe('What it does, for the reader of a report'),
  owner: z.string().optional().describe('The team that answers for it'),
  labels: labelsSchema
    .prefault({})
    .describe('Free labels that --selector and suites choose by')
    .meta({ examples: [{ suite: 'nightly', tier: '1' }] }),
});

const headersSchema = z.record(z.string().min(1), z.string());

const requestSchema = z.strictObject({
  name: z.string().min(1).optional().describe('The endpoint in every table; default: method and path'),
  method: z
    .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .prefault('GET')
    .describe('The HTTP method'),
  path: z
    .string()
    .startsWith('/', 'a path starts with "/"')
    .describe('Path and query, joined to baseUrl')
    .meta({ examples: ['/orders'] }),
  headers: headersSchema.prefault({}).describe('Headers of this request, on top of those of the load'),
  body: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .describe('A text is sent as it is; anything else as JSON'),
  weight: z.number().positive().prefault(1).describe('How often it is drawn, in proportion to the others'),
  expect: z
    .strictObject({
      status: z
        .union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/, 'write a status like 201 or 2xx')])
        .describe('The status of a success: 201, or a class such as 2xx'),
    })
    .optional()
    .describe('What makes a response a success; default: a status of 2xx or 3xx'),
});

const profileSchema = z.union([
  z
    .strictObject({
      rate: rateSchema.describe('Requests (or iterations of the script) that start in each second'),
      maxVUs: z
        .int()
        .positive()
        .prefault(100)
        .describe('The most that may be under way at once; what cannot start is counted as dropped'),
    })
    .describe('Open model: requests start on schedule, whatever the service does'),
  z
    .strictObject({
      vus: z
        .int()
        .positive()
        .describe('Virtual users, each of whom waits for its answer before the next request'),
    })
    .describe('Closed model: a slow service slows its own load down, which hides stalls'),
]);

/** Checks of several fields say their piece even where one of the fields is wrong by itself. */
const always = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };

const MOST_RUNNERS = 50;

const runnersSchema = z
  .int()
  .min(1)
  .max(MOST_RUNNERS)
  .describe(
    'So many pods of the cluster make the load, each its part of it; on an environment that is no cluster one k6 makes all of it',
  )
  .meta({ examples: [8] });

const loadSchema = z
  .strictObject({
    k6: z
      .strictObject({
        script: z.string().min(1).describe('A k6 script, relative to this file; it runs as it is'),
        env: z
          .record(z.string().min(1), z.string())
          .prefault({})
          .describe('Environment variables of the script')
          .meta({ examples: [{ BASE_URL: '{{services.orders.url}}' }] }),
        runners: runnersSchema.optional(),
        thresholds: z
          .enum(['judge', 'ignore'])
          .prefault('judge')
          .describe("The script's own thresholds: judged as objectives of the fault phase, or ignored"),
      })
      .optional()
      .describe('Load by a k6 script; needs k6'),
    http: z
      .strictObject({
        baseUrl: z
          .string()
          .min(1)
          .describe('Where the requests go')
          .meta({ examples: ['{{services.orders.url}}'] }),
        timeout: durationSchema
          .prefault('10s')
          .describe('A request without an answer is given up after this'),
        headers: headersSchema.prefault({}).describe('Headers of every request'),
        runners: runnersSchema.optional(),
        requests: z.array(requestSchema).min(1).describe('The kinds of request, drawn by weight'),
      })
      .optional()
      .describe('Load by a list of requests; runs on k6 where there is one, else on the embedded generator'),
    command: z
      .strictObject({
        command: z
          .array(z.string())
          .min(1)
          .describe('The program and its arguments, run in the folder of this file; no shell reads them')
          .meta({ examples: [['node', 'load/submit.mjs', '{{services.orders.url}}']] }),
        env: z
          .record(z.string().min(1), z.string())
          .prefault({})
          .describe('Environment variables of the command, on top of those of Plimsoll'),
        timeout: durationSchema
          .prefault('10s')
          .describe('The longest that a request takes; the command goes on for this after the last phase'),
        format: rowFormatSchema.describe(
          'What it prints to stdout: a row for each request, when it has ended',
        ),
      })
      .optional()
      .describe('Load by any program that prints a row for each of its requests'),
    goBench: goBenchSchema
      .optional()
      .describe(
        'Load by the benchmarks of a Go package; what they report is judged by bench("name", "unit")',
      ),
    profile: profileSchema
      .optional()
      .describe(
        'How much load; a k6 script may do without, then its own options decide, and a command decides itself',
      ),
  })
  .refine(
    ({ k6, http, command, goBench }) =>
      [k6, http, command, goBench].filter((one) => one !== undefined).length === 1,
    { ...always, message: 'a load has exactly one of "k6", "http", "command" and "goBench"' },
  )
  .refine((load) => load.goBench === undefined || load.profile === undefined, {
    ...always,
    path: ['profile'],
    message: '"goBench" has no profile: a benchmark goes on as fast as it is answered',
  })
  .refine((load) => load.command === undefined || load.profile === undefined, {
    ...always,
    path: ['profile'],
    message: 'a "command" has no profile: how much load it makes is for its own arguments to say',
  })
  .refine((load) => load.http === undefined || load.profile !== undefined, {
    ...always,
    message: 'a load of "http" needs a "profile", such as profile: {rate: 100/s}',
  })
  // The refinements again, for JSON Schema.
  .meta({
    oneOf: [
      { required: ['k6'] },
      { required: ['http', 'profile'] },
      { required: ['command'], not: { required: ['profile'] } },
      { required: ['goBench'], not: { required: ['profile'] } },
    ],
  });

export const manifestSchema = z.looseObject({
  apiVersion: z
    .string()
    .min(1)
    .meta({
      pattern: '^(chaos-mesh\\.org/|plimsoll\\.dev/v1$)',
      examples: ['chaos-mesh.org/v1alpha1', NATIVE_API_VERSION],
    }),
  kind: z
    .string()
    .min(1)
    .meta({ enum: [...CHAOS_KINDS, ...NATIVE_KINDS] }),
  metadata: z
    .looseObject({
      name: z.string().optional(),
      namespace: z.string().optional(),
      labels: labelsSchema.optional(),
      annotations: labelsSchema.optional(),
    })
    .optional(),
  spec: z.record(z.string(), z.unknown()),
});

export const faultSchema = z
  .strictObject({
    name: name.optional().describe('Names it in the report; default: made from its kind'),
    manifest: manifestSchema
      .optional()
      .describe("A Chaos Mesh object exactly as kubectl would take it, or a fault of Plimsoll's own"),
    manifestFile: z
      .string()
      .min(1)
      .optional()
      .describe('The same from a file that holds one object, relative to this file'),
    at: durationSchema.prefault('0s').describe('When it is put in, from the start of the fault phase'),
    for: durationSchema.optional().describe('How long it stays; default: to the end of the fault phase'),
    every: durationSchema.optional().describe('It comes again each time this much has passed'),
    dose: z
      .enum(['proven', 'off'])
      .prefault('proven')
      .describe(
        'proven: where nothing shows that the fault acted, the run is inconclusive; off: the fault counts as it is, for one that the load need not notice',
      ),
  })
  .refine((fault) => (fault.manifest === undefined) !== (fault.manifestFile === undefined), {
    ...always,
    message: 'a fault has either "manifest" or "manifestFile"',
  })
  .meta({ oneOf: [{ required: ['manifest'] }, { required: ['manifestFile'] }] });

const slaSchema = z
  .strictObject({
    steady: z
      .array(objectiveSchema)
      .prefault([])
      .describe('The steady state: where it is not met, nothing is injected'),
    fault: z.array(objectiveSchema).prefault([]).describe('What must hold while the fault is proven active'),
    recovery: z.array(objectiveSchema).prefault([]).describe('What must hold after the fault is gone'),
    failures: failuresSchema.prefault('as-measured'),
  })
  .meta({ anyOf: [{ required: ['steady'] }, { required: ['fault'] }] });

export const phasesSchema = z.strictObject({
  warmup: durationSchema.prefault('0s').describe('Load before anything counts'),
  steady: durationSchema.describe('The steady state is measured and must hold'),
  fault: durationSchema.describe('From the proof of injection to the request to take the fault out'),
  recovery: durationSchema.describe('Load goes on after the fault is proven gone'),
});

/** How long a run waits for the proof of an injection. */
export const DEFAULT_INJECT_MS = 30_000;

/** Oftener than this it would be a load of its own. */
const SHORTEST_LOOK_MS = 100;

const haltSchema = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .describe('The fault ends when this file is there, relative to this file')
      .meta({ examples: ['/srv/chaos/HALT'] }),
    http: z
      .string()
      .optional()
      .describe('The fault ends when this address does not answer 2xx within 2 s')
      .meta({ pattern: '^https?://', examples: ['https://status.example.com/chaos'] }),
    every: durationSchema.prefault('1s').describe('How often it is looked at; 100ms at least'),
  })
  .refine((halt) => (halt.file === undefined) !== (halt.http === undefined), {
    ...always,
    message: 'a halt switch has either "file" or "http"',
  })
  .refine(({ http }) => http === undefined || (/^https?:\/\//.test(http) && URL.canParse(http)), {
    message: 'cannot read the address: it must begin with http:// or https://',
    path: ['http'],
  })
  .refine(({ every }) => every >= SHORTEST_LOOK_MS, {
    message: 'too often: look at it every 100ms at most',
    path: ['every'],
  })
  .meta({ oneOf: [{ required: ['file'] }, { required: ['http'] }] });

/** An experiment file: what is tried. Durations come out in ms, rates per second. */
export const experimentSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Experiment'),
  metadata: metadataSchema,
  hypothesis: z
    .string()
    .min(1)
    .describe('The sentence under test: what should stay true while the fault is there'),
  phases: phasesSchema.describe('How long each phase takes'),
  trials: z
    .int()
    .min(1)
    .max(MOST_TRIALS)
    .prefault(1)
    .describe(
      'How many pairs of a steady and a fault phase are run, every second one the other way round, and judged together; it ends sooner where the outcome is clear',
    ),
  load: loadSchema.describe('What the service is put under, without a break, through all phases'),
  faults: z.array(faultSchema).min(1).describe('What is done to the service in the fault phase'),
  sla: slaSchema.describe('The objectives, phase by phase'),
  guards: z
    .strictObject({
      maxTargets: z.int().positive().optional().describe('The blast radius: more targets stop the run'),
      maxPercent: z
        .number()
        .positive()
        .max(100)
        .optional()
        .describe(
          'The blast radius as a share: more of what serves behind a service, in percent, stops the run',
        ),
      minCoverage: z
        .number()
        .min(0)
        .max(1)
        .prefault(1)
        .describe('Share of the selected targets that must carry the fault throughout'),
      stopWhen: z
        .array(z.string().min(1))
        .prefault([])
        .describe('Conditions that end the fault at once')
        .meta({ examples: [['errors > 50% for 5s']] }),
      halt: haltSchema.optional().describe('A switch that operations own: pulled, it ends the fault at once'),
    })
    .prefault({})
    .describe('What keeps the experiment from doing harm'),
  deadlines: z
    .strictObject({
      start: durationSchema.prefault('60s').describe('For services and load to be ready'),
      inject: durationSchema
        .prefault(`${DEFAULT_INJECT_MS / 1000}s`)
        .describe('For the proof that the fault is in'),
      recover: durationSchema.prefault('60s').describe('For the proof that the fault is gone'),
    })
    .prefault({})
    .describe('How long Plimsoll waits before it gives up'),
});

type ParsedExperiment = z.output<typeof experimentSchema>;
type ParsedFault = ParsedExperiment['faults'][number];

/** A fault with its object at hand, whether it stood in the experiment or in a file of its own. */
export type ExperimentFault = Omit<ParsedFault, 'manifest'> & { readonly manifest: ChaosManifest };

/** An experiment as it is loaded. */
export type ExperimentDocument = Omit<ParsedExperiment, 'faults'> & {
  readonly faults: readonly ExperimentFault[];
};
