import type { Measurement, Measurements, Slice } from '../bench/measurement.js';
import { seededRandom } from '../shared/seeded-random.js';
import type { Evidence } from './evidence.js';
import { intervalAgainstLimit, type RelativeLimit, scaleToLimit } from './interval-against-limit.js';
import type { JudgedPhase, Objective } from './objective.js';
import { findTagged } from './read-indicator.js';
import type { Interval } from './statistics/interval.js';
import { mergeBuckets } from './statistics/merged-buckets.js';
import { percentileInterval } from './statistics/percentile-interval.js';
import { bootstrapInterval } from './statistics/relative-interval.js';
import { resamplePercentiles } from './statistics/resample-percentiles.js';
import type { SecondBlocks } from './statistics/second-blocks.js';
import { createBlocks } from './statistics/second-blocks.js';
import type { Widening } from './statistics/widening.js';
import { createWidening } from './statistics/widening.js';
import type { FailureTreatment } from './treat-failures.js';
import { treatFailures } from './treat-failures.js';

/** Borders are sums of fractions. */
const ROUNDING_MS = 0.5;
/** From fewer seconds too many windows are drawn in which the slow ones are missing: see docs/statistics-measured.md. */
const FEWEST_BLOCKS = 30;

/** The uncertainty of readings. It remembers what it decoded, since many objectives ask for the same. */
export interface Intervals {
  /**
   * Where the objective's indicator lies in the phase, in the unit of its reading. Undefined for what is counted and not
   * estimated, all but percentiles; and in the steady phase, which opens the way for the fault and proves nothing, so
   * that the pause of one second must not close it. The interval of an objective with a relative limit holds the uncertainty of both
   * readings, so that it is held against the same limit. `part` is the phase, or the part of it that is asked about.
   */
  of(
    objective: Objective,
    phase: JudgedPhase,
    part: Pick<Measurement, 'latency'> & Partial<Pick<Measurement, 'failedLatency'>>,
  ): Interval | undefined;
}

/** The seconds of one phase of a run, all endpoints together. */
interface Seconds {
  readonly blocks: SecondBlocks;
  readonly widening: Widening;
}

export function createIntervals(
  evidence: Pick<Evidence, 'measurements' | 'baseline' | 'seed' | 'errorShare'>,
): Intervals {
  const { measurements, baseline, seed = '', errorShare = 1 } = evidence;
  const secondsOf = remember(
    (of: 'run' | 'baseline', phase: JudgedPhase, failures: FailureTreatment): Seconds => {
      const blocks = blocksOf(of === 'run' ? measurements : baseline, phase, failures);
      return { blocks, widening: createWidening(blocks) };
    },
  );
  const resampled = remember(
    (of: 'run' | 'baseline', phase: JudgedPhase, failures: FailureTreatment, percent: number) =>
      resamplePercentiles(
        secondsOf(of, phase, failures).blocks,
        percent,
        seededRandom(`${seed} ${of} ${phase} ${percent}`),
      ),
  );

  return {
    of(objective, phase, part) {
      const { indicator, tags, limit, failures = 'as-measured' } = objective;
      if (indicator.kind !== 'percentile' || objective.confidence === 'point' || phase === 'steady') {
        return undefined;
      }
      const { percent } = indicator;
      const latency = treatFailures(part.latency, part.failedLatency, failures);
      // Seconds hold all endpoints together: a single endpoint is taken to vary like all of them do at this percentile.
      const interval = percentileInterval(
        latency.buckets(),
        percent,
        secondsOf('run', phase, failures).widening,
        errorShare,
      );
      const value = latency.percentileUs(percent);
      if (limit.kind === 'absolute' || interval === undefined || value === undefined) return interval;

      const [of, otherPhase] = referenceOf(limit, phase);
      const reference = findTagged(
        of === 'run' ? measurements : (baseline ?? measurements),
        otherPhase,
        tags,
      );
      if (reference === undefined) return undefined;
      const other = treatFailures(reference.latency, reference.failedLatency, failures);
      const otherValue = other.percentileUs(percent);
      if (otherValue === undefined) return undefined;
      const [own, others] = [
        secondsOf('run', phase, failures).blocks,
        secondsOf(of, otherPhase, failures).blocks,
      ];
      const whole = Object.keys(tags).length === 0 && latency.count === own.count + own.beyond;
      if (whole && Math.min(own.sizes.length, others.sizes.length) >= FEWEST_BLOCKS) {
        const draws = [
          resampled('run', phase, failures, percent),
          resampled(of, otherPhase, failures, percent),
        ] as const;
        const relation = limit.kind === 'ratio' ? 'ratio' : 'difference';
        // Of 0 there is no multiple.
        if (relation === 'difference' || !draws.flat().includes(0)) {
          return scaleToLimit(bootstrapInterval(...draws, relation, errorShare), limit, otherValue);
        }
      }
      const otherInterval = percentileInterval(
        other.buckets(),
        percent,
        secondsOf(of, otherPhase, failures).widening,
        errorShare,
      );
      if (otherInterval === undefined) return undefined;
      const second = { value: otherValue, interval: otherInterval };
      return intervalAgainstLimit({ value, interval }, second, limit);
    },
  };
}

function referenceOf(limit: RelativeLimit, phase: JudgedPhase): ['run' | 'baseline', JudgedPhase] {
  return limit.of === 'steady' ? ['run', 'steady'] : ['baseline', phase];
}

function blocksOf(
  measurements: Measurements | undefined,
  phase: JudgedPhase,
  failures: FailureTreatment,
): SecondBlocks {
  const slices = measurements?.slices.filter((slice) => slice.phase === phase) ?? [];
  const windows = measurements?.windows.filter((window) => window.phase === phase) ?? [];
  const lies = (slice: Slice) =>
    windows.some(
      ({ startMs, endMs }) => slice.startMs >= startMs - ROUNDING_MS && slice.startMs < endMs - ROUNDING_MS,
    );
  const bucketsOf = (those: readonly Slice[]) =>
    those.map(({ latency, failedLatency }) => treatFailures(latency, failedLatency, failures).buckets());
  // Requests that outlive a fault end together when it is gone. That is one event, and not how seconds of the phase vary.
  const outlived = slices.filter((slice) => !lies(slice));
  const within = slices.filter(lies);
  return createBlocks(bucketsOf(within), mergeBuckets(bucketsOf(outlived)));
}

function remember<Args extends readonly (string | number)[], Value>(make: (...args: Args) => Value) {
  const known = new Map<string, Value>();
  return (...args: Args): Value => {
    const key = args.join(' ');
    const value = known.get(key) ?? make(...args);
    known.set(key, value);
    return value;
  };
}
