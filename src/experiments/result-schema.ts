import { z } from 'zod';
import { benchmarksSchema } from './benchmark-schema.js';
import { OUTCOMES } from '../shared/outcome.js';
import { PHASES } from '../shared/phases.js';
import { metricSchema } from './metric-schema.js';

const labels = z.record(z.string(), z.string());
const outcome = z.enum(OUTCOMES);
const epochMs = z.number().describe('Milliseconds since 1970-01-01 UTC on the run’s clock');
const latencyMs = z.number().nullable().describe('Milliseconds; null where there was no sample');

const findingSchema = z.object({
  severity: z.enum(['stop', 'warning']),
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
});

const targetSchema = z.object({ id: z.string(), uid: z.string(), service: z.string().optional() });

const faultRecordSchema = z.object({
  name: z.string(),
  kind: z.string(),
  action: z.string().nullable(),
  manifest: z.record(z.string(), z.unknown()),
  targets: z.array(targetSchema),
  shares: z
    .array(z.object({ service: z.string(), hit: z.int(), ready: z.int() }))
    .optional()
    .describe('Before the run: how many of those that served behind each service in front were targets'),
  /** One entry for each time the fault was put in. */
  injections: z.array(
    z.object({
      requestedAtMs: epochMs,
      injectedAtMs: epochMs.nullable(),
      recoverRequestedAtMs: epochMs.nullable(),
      recoveredAtMs: epochMs.nullable(),
      status: z.enum(['recovered', 'not-injected', 'unconfirmed']),
      evidence: z.string(),
    }),
  ),
  dose: z.object({
    readings: z.int(),
    minCoverage: z.number().nullable(),
    lastDetail: z.string(),
    effect: z
      .object({ status: z.enum(['seen', 'not-seen', 'unknown']), detail: z.string() })
      .optional()
      .describe('What the metrics of the cluster say of it, for faults that take CPU or memory'),
    expected: z.literal('off').optional().describe('The experiment asks for no proof that it acted'),
    proof: z
      .object({ status: z.enum(['proven', 'none', 'unknown', 'off']), detail: z.string() })
      .optional()
      .describe('Whether it acted, by what the load and Kubernetes saw of it; on a cluster only'),
  }),
});

const measurementSchema = z.object({
  phase: z.enum(PHASES),
  endpoint: z.string().describe('The endpoint’s name; * stands for all together'),
  durationMs: z.number(),
  requests: z.int(),
  failures: z.int(),
  noResponse: z.int(),
  setApart: z.int(),
  outlived: z.int(),
  dropped: z.int(),
  ratePerSecond: z.number(),
  p50Ms: latencyMs,
  p90Ms: latencyMs,
  p95Ms: latencyMs,
  p99Ms: latencyMs,
  p999Ms: latencyMs,
  meanMs: latencyMs,
  maxMs: latencyMs,
  histogram: z.string().describe('HDR V2, compressed, base64, in microseconds: all requests'),
  failedHistogram: z.string().describe('The same of the failed requests alone'),
  failedMeanMs: latencyMs.optional(),
  failedMaxMs: latencyMs.optional(),
  withinWindow: z
    .object({
      failures: z.int(),
      meanMs: latencyMs,
      maxMs: latencyMs,
      histogram: z.string(),
      failedHistogram: z.string().optional(),
      failedMeanMs: latencyMs.optional(),
      failedMaxMs: latencyMs.optional(),
    })
    .optional()
    .describe('The phase without the requests that outlived it; there only where some did'),
});

const taggedSchema = measurementSchema.extend({
  tags: labels.describe(
    'What the requests have in common; (other) stands for values that no objective names',
  ),
});

const sliceSchema = z.object({
  startMs: epochMs,
  endMs: epochMs,
  phase: z.enum([...PHASES, 'transition']),
  requests: z.int(),
  failures: z.int(),
  dropped: z.int(),
  p50Ms: latencyMs,
  p95Ms: latencyMs,
  p99Ms: latencyMs,
  histogram: z.string(),
  failedHistogram: z.string().optional().describe('Of the failed requests alone, where there were any'),
});

const trialPartSchema = z.object({
  requests: z.int(),
  failures: z.int(),
  p50Ms: latencyMs,
  p95Ms: latencyMs,
  p99Ms: latencyMs,
});

const trialSchema = z.object({
  trial: z.int(),
  faultFirst: z.boolean(),
  steady: trialPartSchema,
  fault: trialPartSchema,
  recoveryMs: z.number().nullable(),
});

const readingNumber = {
  value: z.number(),
  unit: z.enum(['us', 'ms', 'share', 'per-second', 'count', 'plain']),
  samples: z.int(),
};

const readingSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('measured'), ...readingNumber }),
  z
    .object({
      status: z.literal('at-least'),
      ...readingNumber,
      still: z.string().optional().describe('What stood in its way at last, in a clause'),
    })
    .describe('More than the value: a recovery that was not seen before its phase ended'),
  z.object({ status: z.literal('missing'), reason: z.string() }),
]);

const judgementSchema = z.object({
  phase: z.enum(['steady', 'fault', 'recovery']),
  objective: z.string(),
  outcome,
  reading: readingSchema,
  interval: z
    .object({ low: z.number(), high: z.number(), confidence: z.number() })
    .optional()
    .describe('Where the true value lies with this confidence (0..1), in the unit of the reading'),
  limit: z.number().optional(),
  comparator: z.enum(['<', '<=', '>', '>=']),
  origin: z.literal('threshold').optional().describe('Set where it is a threshold of the k6 script itself'),
  reason: z.string(),
  caveat: z.string().optional().describe('What the reader has to know of it, and which lowers no outcome'),
  warning: z
    .object({
      status: z.enum(['certain', 'possible', 'unknown']),
      limit: z.number().optional().describe('The warn limit, in the unit of the reading'),
      reason: z.string(),
    })
    .optional()
    .describe('Its reading is, or may be, beyond its warn limit; that lowers no outcome'),
  weight: z.number().optional().describe('How much it counts in the score; 1 where it is missing'),
  failures: z
    .enum(['slowest', 'left-out'])
    .optional()
    .describe('How failed requests were counted, where not as measured; slowest counts as 86,400,000,000 us'),
});

const runnerSchema = z.object({
  name: z.string(),
  pod: z.string(),
  node: z.string(),
  requests: z.int(),
  lateMs: z.number().describe('How long after the agreed moment it began'),
  clock: z
    .object({ offsetMs: z.number(), uncertaintyMs: z.number(), driftMs: z.number() })
    .describe('How far its clock was ahead of the run’s, to plus or minus what, and how much that moved'),
});
const observationFields = {
  phase: z.enum(['steady', 'fault', 'recovery']),
  query: z.string(),
  when: z.string().describe('When it was evaluated: "every 5 s", "at the end", "after 10 s"'),
  phaseStartMs: epochMs.describe('When its phase began: with several trials there are several of each'),
};

const observationSchema = z.discriminatedUnion('status', [
  z.object({
    ...observationFields,
    status: z.literal('read'),
    firstMs: epochMs,
    stepMs: z.number(),
    values: z
      .array(z.union([z.number(), z.enum(['NaN', '+Inf', '-Inf']), z.null()]))
      .describe('The points in order of time; null where there was no data'),
    note: z.string().optional().describe('Why points at the end have no data'),
  }),
  z.object({ ...observationFields, status: z.literal('missing'), reason: z.string() }),
]);

/** How the course of the run ended; judging is another matter. */
export const RUN_STATUSES = [
  'completed',
  'steady-state-not-met',
  'not-injected',
  'stopped',
  'not-recovered',
  'load-failed',
  'environment-failed',
  'interrupted',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** result.json: the evidence of one run, from which every report is computed. */
export const resultSchema = z.object({
  schemaVersion: z.literal('plimsoll.dev/result/v1'),
  run: z.object({
    id: z.string(),
    startedAtMs: epochMs,
    endedAtMs: epochMs,
    status: z.enum(RUN_STATUSES),
    /** Why it ended so; empty for `completed`. */
    statusReason: z.string(),
    signal: z.enum(['SIGINT', 'SIGTERM']).optional().describe('What interrupted the run'),
    exitCode: z.int(),
  }),
  experiment: z.object({
    name: z.string(),
    description: z.string().optional(),
    owner: z.string().optional(),
    labels,
    hypothesis: z.string(),
    file: z.string(),
    source: z.string(),
  }),
  environment: z.object({
    name: z.string(),
    driver: z.string(),
    services: z.array(z.object({ name: z.string(), url: z.string(), replicas: z.int(), labels })),
  }),
  versions: z.object({ plimsoll: z.string(), node: z.string(), platform: z.string(), cpus: z.int() }),
  plan: z.object({
    phasesMs: z.record(z.enum(PHASES), z.number()),
    trials: z
      .int()
      .optional()
      .describe('How many pairs of a steady and a fault phase at most; one where it is not there'),
    load: z.string().describe('The load in one line: 100/s open model, at most 100 virtual users'),
    sla: z.record(z.enum(['steady', 'fault', 'recovery']), z.array(z.string())),
    thresholds: z
      .array(z.object({ metric: z.string(), expression: z.string(), abortOnFail: z.boolean() }))
      .optional()
      .describe('Of the k6 script itself, as it has them; there only where it has some and they are judged'),
    stopWhen: z.array(z.string()),
    minCoverage: z.number(),
    findings: z.array(findingSchema),
  }),
  generator: z.object({
    name: z.string(),
    version: z.string(),
    model: z.enum(['open', 'closed', 'script']),
    blindSpots: z.array(z.string()),
    requests: z.int(),
    runners: z
      .array(runnerSchema)
      .optional()
      .describe('The pods that made the load, where it came from several'),
    maxLagMs: z
      .number()
      .optional()
      .describe('The furthest that what the load had measured was behind the clock during the run'),
    caveats: z.array(z.string()).describe('What went on in the generator that makes its numbers worth less'),
  }),
  leftBehind: z
    .array(findingSchema)
    .describe('What could not be stopped or removed at the end; empty as it should be'),
  clock: z.object({ uncertaintyMs: z.number(), maxStepMs: z.number(), note: z.string() }),
  windows: z.array(
    z.object({
      phase: z.enum(PHASES),
      startMs: epochMs,
      endMs: epochMs,
      cpuWait: z
        .number()
        .optional()
        .describe('The share of it in which some process of the machine of Plimsoll waited for a processor'),
    }),
  ),
  faults: z.array(faultRecordSchema),
  events: z.array(
    z.object({ atMs: epochMs, kind: z.string(), message: z.string(), target: z.string().optional() }),
  ),
  measurements: z.array(measurementSchema),
  tagged: z
    .array(taggedSchema)
    .optional()
    .describe('Endpoints by the tags that objectives name; there only where they name some'),
  series: z.array(sliceSchema),
  metrics: z
    .array(metricSchema)
    .optional()
    .describe('Metrics of the load that objectives name; there only where they name some'),
  observations: z
    .array(observationSchema)
    .optional()
    .describe('What the queries of objectives gave, phase by phase; there only where some were asked'),
  benchmarks: benchmarksSchema
    .optional()
    .describe('What Go benchmarks reported; there only where the load ran some'),
  trials: z
    .array(trialSchema)
    .optional()
    .describe('Each trial by itself, all endpoints together; there only where several were planned'),
  recoveryMs: z
    .number()
    .nullable()
    .describe('From the request to take the fault out until the steady objectives held again and stayed'),
  judgements: z.array(judgementSchema),
  verdict: z.object({ outcome, reason: z.string(), caveats: z.array(z.string()) }),
  score: z
    .object({
      share: z.number().describe('From 0 to 1'),
      met: z.number().describe('The weight of the objectives that passed'),
      of: z.number().describe('The weight of all'),
    })
    .optional()
    .describe('The weighted share of the objectives that were met; it decides nothing'),
});

export type Result = z.output<typeof resultSchema>;
export type FaultRecord = z.output<typeof faultRecordSchema>;
