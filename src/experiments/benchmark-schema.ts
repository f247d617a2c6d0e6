import { z } from 'zod';
import { compareBenchmarks } from '../sla/benchmarks/compare-benchmarks.js';
import type { Benchmarks } from '../bench/benchmark.js';
import { PHASES } from '../shared/phases.js';

const epochMs = z.number().describe('Milliseconds since 1970-01-01 UTC on the run’s clock');
const benchmark = {
  name: z.string().describe('As Go prints it, without the number of processors'),
  procs: z.int().describe('GOMAXPROCS'),
  unit: z.string(),
  better: z.enum(['lower', 'higher']).nullable().describe('Which way is better; null where nobody said'),
};
const summarySchema = z.object({
  readings: z.int(),
  median: z.number(),
  interval: z
    .object({ low: z.number(), high: z.number(), confidence: z.number() })
    .optional()
    .describe('Of the median, from order statistics; six readings are needed'),
  change: z.number().optional().describe('Of the median against that of the steady phase, as a share of it'),
  p: z.number().optional().describe('Of the Mann-Whitney U test against the steady phase, two-sided'),
});

/** `benchmarks` of result.json: every reading, and what the phases are against each other. */
export const benchmarksSchema = z.object({
  config: z
    .record(z.string(), z.string())
    .describe('What the output said of where it was measured: goos, pkg, cpu'),
  series: z.array(
    z.object({
      ...benchmark,
      phase: z
        .enum([...PHASES, 'transition'])
        .describe(
          'In which each measuring lies wholly; transition: it reached over a border, and counts nowhere',
        ),
      values: z.array(z.object({ value: z.number(), iterations: z.int(), startMs: epochMs, endMs: epochMs })),
    }),
  ),
  comparisons: z.array(
    z.object({
      ...benchmark,
      phases: z.object({
        steady: summarySchema.optional(),
        fault: summarySchema.optional(),
        recovery: summarySchema.optional(),
      }),
    }),
  ),
});

type BenchmarksDocument = z.output<typeof benchmarksSchema>;

export function benchmarksToDocument(benchmarks: Benchmarks): BenchmarksDocument {
  return {
    config: { ...benchmarks.config },
    series: benchmarks.series.map((one) => ({ ...one, values: [...one.values] })),
    comparisons: [...compareBenchmarks(benchmarks)],
  };
}
