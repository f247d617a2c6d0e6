import { readSpectrum } from '../bench/read-spectrum.js';
import type { Result } from '../experiments/result-schema.js';
import { formatCount } from '../shared/units.js';
import { formatMaybeMs } from './format-reading.js';
import { findMeasurement } from './view-endpoints.js';

const PHASES_SHOWN = ['steady', 'fault', 'recovery'] as const;
export type SpectrumPhase = (typeof PHASES_SHOWN)[number];

/** The latencies of all endpoints together at every percentile, phase by phase. */
export interface SpectrumView {
  readonly curves: readonly SpectrumCurve[];
  /** How far to the right the axis goes, in nines: 3 is p99.9. */
  readonly nines: number;
  readonly limits: readonly SpectrumLimit[];
  readonly rows: readonly SpectrumRow[];
}

export interface SpectrumCurve {
  readonly phase: SpectrumPhase;
  readonly points: readonly { readonly nines: number; readonly ms: number }[];
}

/** An objective of the fault phase that limits one percentile of all endpoints together. */
export interface SpectrumLimit {
  readonly text: string;
  readonly nines: number;
  readonly limitMs: number;
}

export interface SpectrumRow {
  readonly percentile: string;
  readonly steady: string;
  readonly fault: string;
  readonly recovery: string;
}

const MOST_NINES = 4;
const STEP = 0.05;
const NAMED = [0, 25, 50, 75, 90, 95, 99, 99.9, 99.99];

/** Undefined where no phase has two samples. */
export function viewSpectrum(result: Result): SpectrumView | undefined {
  const phases = PHASES_SHOWN.flatMap((phase) => {
    const entry = findMeasurement(result, phase);
    if (entry === undefined || entry.requests < 2) return [];
    const { points, count } = readSpectrum(entry.histogram, [...GRID, ...NAMED]);
    return [{ phase, entry, count, points }];
  });
  if (phases.length === 0) return undefined;
  const nines = Math.min(MOST_NINES, Math.max(1, ...phases.map(({ count }) => Math.log10(count))));
  return {
    nines,
    curves: phases.map(({ phase, points }) => ({
      phase,
      points: points
        .map(({ percent, latencyUs }) => ({ nines: toNines(percent), ms: latencyUs / 1000 }))
        .sort((a, b) => a.nines - b.nines),
    })),
    limits: viewLimits(result).filter((limit) => limit.nines <= nines),
    rows: [
      row('requests', (phase) => {
        const found = phases.find((each) => each.phase === phase);
        return found === undefined ? '–' : formatCount(found.count);
      }),
      ...NAMED.map((percent) =>
        row(percent === 0 ? 'fastest' : `p${percent}`, (phase) => {
          const found = phases.find((each) => each.phase === phase);
          const at = found?.points.find((point) => point.percent === percent);
          return formatMaybeMs(at === undefined ? null : at.latencyUs / 1000);
        }),
      ),
      row('slowest', (phase) => formatMaybeMs(findMeasurement(result, phase)?.maxMs ?? null)),
    ],
  };
}

const GRID = Array.from(
  { length: Math.round(MOST_NINES / STEP) + 1 },
  (_, index) => 100 * (1 - 10 ** (-index * STEP)),
);

/** 0 is p0, 1 is p90, 2 is p99: each further nine is as wide as the one before, so that the tail can be seen. */
export function toNines(percent: number): number {
  return -Math.log10(1 - percent / 100) + 0;
}

function row(percentile: string, of: (phase: SpectrumPhase) => string): SpectrumRow {
  return { percentile, steady: of('steady'), fault: of('fault'), recovery: of('recovery') };
}

function viewLimits(result: Result): readonly SpectrumLimit[] {
  return result.judgements.flatMap(({ phase, objective, limit, reading }) => {
    const percent = Number(/^\s*p(\d+(?:\.\d+)?)\s*<=?/.exec(objective)?.[1]);
    if (phase !== 'fault' || !(percent < 100) || limit === undefined || reading.status === 'missing')
      return [];
    return [{ text: objective.trim(), nines: toNines(percent), limitMs: limit / 1000 }];
  });
}
