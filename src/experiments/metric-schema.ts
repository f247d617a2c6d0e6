import { z } from 'zod';
import { METRIC_CONTENTS, METRIC_TYPES } from '../bench/metric-series.js';
import { PHASES } from '../shared/phases.js';

const value = z.number().nullable().describe('In the unit of the metric; null where there was no sample');
const epochMs = z.number().describe('Milliseconds since 1970-01-01 UTC on the run’s clock');

const sums = {
  samples: z.int().describe('Those that have a value'),
  refused: z.int().describe('Those without one that can be measured: negative ones of a Trend, or no number'),
  trues: z.int().describe('Samples other than 0: of a Rate, those that are true'),
  sum: z.number(),
  min: value,
  max: value,
  last: value,
  histogram: z
    .string()
    .optional()
    .describe('Of a Trend: HDR V2, compressed, base64, in thousandths of its unit; of bytes, in bytes'),
};

/** A metric of the load that an objective or a threshold names. */
export const metricSchema = z.object({
  name: z.string(),
  tags: z.record(z.string(), z.string()).describe('Only samples with all of these tags'),
  type: z.enum(METRIC_TYPES),
  contains: z.enum(METRIC_CONTENTS).describe('time: milliseconds; data: bytes'),
  phases: z.array(
    z.object({ phase: z.enum(PHASES), durationMs: z.number(), ...sums, p50: value, p95: value, p99: value }),
  ),
  series: z
    .array(z.object({ phase: z.enum(PHASES), startMs: epochMs, endMs: epochMs, ...sums }))
    .describe('The same second by second'),
});
