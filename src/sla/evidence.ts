import type { Benchmarks } from '../bench/benchmark.js';
import type { Measurements } from '../bench/measurement.js';
import type { Reading } from './judgement.js';
import type { JudgedPhase } from './objective.js';
import type { Observation } from './observation.js';

/** What a run has to show, as far as objectives read it. */
export interface Evidence {
  readonly measurements: Measurements;
  /** Of the accepted result that `of baseline` means; undefined where none was given. */
  readonly baseline?: Measurements;
  /** What queries of a metric source gave, phase by phase; of the run, and of the baseline. */
  readonly observations?: readonly Observation[];
  readonly baselineObservations?: readonly Observation[];
  /** What benchmarks have reported; undefined where none were run. */
  readonly benchmarks?: Benchmarks;
  readonly baselineBenchmarks?: Benchmarks;
  /** What the indicator `recovery` reads, in ms. */
  readonly recovery: Reading;
  /** What decides the draws of the statistics, so that they can be drawn again: the run's id. */
  readonly seed?: string;
  /** How much of their error the intervals may spend, from 0 to 1, where this is one look of several; 1 by default. */
  readonly errorShare?: number;
  /** By phase that is no like of the steady phase, since the machine was busy. */
  readonly overload?: Readonly<Partial<Record<JudgedPhase, Overload>>>;
  /** By phase that was not run, or not to its planned end: why, in a clause: `the steady state was not met`. */
  readonly cutShort: Readonly<Partial<Record<JudgedPhase, string>>>;
}

/** How busy the machine was, and what it may have done by itself. */
export interface Overload {
  /** In a clause: `something waited for a processor in 81 % of the fault phase`. */
  readonly why: string;
  /** So many times worse than the steady phase a phase may be by that alone. */
  readonly explains: number;
}

/** What the course of a run adds to its judgements. */
export interface Course {
  /** The stop condition that was met: a breach, whatever else was measured. */
  readonly stopped?: string;
  /** Why no number of the run can be trusted: inconclusive, whatever was measured. */
  readonly invalid?: string;
  /** What keeps the run from being a pass, and a breach a breach; the weightiest first, one sentence each. */
  readonly doubts: readonly string[];
  /** What the reader has to know and which lowers no outcome, one sentence each. */
  readonly caveats: readonly string[];
}
