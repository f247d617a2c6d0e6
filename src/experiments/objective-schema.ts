import { z } from 'zod';
import { FAILURE_TREATMENTS } from '../sla/treat-failures.js';
import { DURATION_FORM, durationSchema } from './quantity-schemas.js';

const objectiveLine = z
  .string()
  .min(1)
  .meta({
    examples: [
      'p95 <= 350ms',
      'errors < 1%',
      'p95 <= 3x steady',
      'recovery <= 15s',
      'bench("BenchmarkOrderSubmit", "p95-ms") <= 350',
    ],
  });

/** Of every objective that is more than one line. */
const sharedFields = {
  minSamples: z.int().positive().optional().describe('With fewer samples it is inconclusive'),
  warn: z
    .string()
    .min(1)
    .optional()
    .describe('A nearer limit; beyond it a warning is shown, which changes no outcome')
    .meta({ examples: ['300ms', '0.5%', '2x steady'] }),
  weight: z.number().positive().optional().describe('How much it counts in the score; default: 1'),
  description: z.string().optional().describe('Why it is there, for the reader of a report'),
};

/** Checks of several fields say their piece even where one of the fields is wrong by itself. */
const always = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };

/** More often than services are scraped. */
const SHORTEST_STEP_MS = 1000;

export const failuresSchema = z
  .enum(FAILURE_TREATMENTS)
  .describe(
    'How failed requests count in latencies: with the time they took, as longer than any limit, or not at all',
  );

const prometheusSchema = z
  .strictObject({
    query: z
      .string()
      .min(1)
      .describe('A PromQL expression that gives one series, or one number')
      .meta({ examples: ['max(orders_queue_length)', 'sum(rate(http_errors_total[10s]))'] }),
    name: z.string().min(1).optional().describe('What it is called in reports; default: the query'),
    reduce: z
      .string()
      .optional()
      .describe('What its points in the phase become: max, min, avg, last, or a percentile such as p95')
      .meta({ pattern: '^(max|min|avg|last|p\\d+(\\.\\d+)?)$', examples: ['max', 'avg', 'p95'] }),
    step: durationSchema.optional().describe('How far apart the points are; default: 5s'),
    at: z
      .string()
      .optional()
      .describe('Asks once, in place of "reduce": at the end of the phase, or so long after its start')
      .meta({ pattern: `^end$|${DURATION_FORM.pattern}`, examples: ['end', '10s'] }),
  })
  .refine(({ reduce, at }) => (reduce === undefined) !== (at === undefined), {
    ...always,
    message: 'a query has either "reduce" (what its points become) or "at" (the one time it is asked)',
  })
  .refine(({ step, at }) => step === undefined || at === undefined, {
    ...always,
    path: ['step'],
    message: 'a query that is asked once has no "step"',
  })
  .refine(({ step }) => step === undefined || step >= SHORTEST_STEP_MS, {
    path: ['step'],
    message: 'too often: services are scraped every 1s at most',
  })
  .meta({ oneOf: [{ required: ['reduce'] }, { required: ['at'] }] });

/** One objective of a phase. */
export const objectiveSchema = z.union([
  objectiveLine,
  z.strictObject({
    objective: objectiveLine.describe('The objective in one line'),
    confidence: z
      .literal('point')
      .optional()
      .describe('Compares the reading alone; otherwise a percentile is judged by its interval'),
    failures: failuresSchema.optional(),
    ...sharedFields,
  }),
  z.strictObject({
    prometheus: prometheusSchema.describe('Read from the Prometheus server of the environment'),
    limit: z
      .string()
      .min(1)
      .describe('A comparator and a limit: a number, or one that relates to the same query elsewhere')
      .meta({ examples: ['<= 0.9', '<= 1.5x steady', '>= 80% of baseline'] }),
    ...sharedFields,
  }),
]);

export type ObjectiveEntry = z.output<typeof objectiveSchema>;
export type PrometheusEntry = z.output<typeof prometheusSchema>;
