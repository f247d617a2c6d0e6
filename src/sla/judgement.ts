import type { Outcome } from '../shared/outcome.js';
import type { IndicatorUnit, JudgedPhase } from './objective.js';
import type { Interval } from './statistics/interval.js';
import type { FailureTreatment } from './treat-failures.js';

/** A number, or the reason why there is none. */
export type Reading =
  | {
      readonly status: 'measured';
      readonly value: number;
      readonly unit: IndicatorUnit;
      readonly samples: number;
    }
  /** More than the value, by how much is not known: a recovery that was not seen. */
  | {
      readonly status: 'at-least';
      readonly value: number;
      readonly unit: IndicatorUnit;
      readonly samples: number;
      /** What stood in its way at last, in a clause: `p95 was still 303 ms (steady: p95 <= 120ms)`. */
      readonly still?: string;
    }
  | { readonly status: 'missing'; readonly reason: string };

/** One objective, judged. */
export interface Judgement {
  readonly phase: JudgedPhase;
  /** The objective as written. */
  readonly objective: string;
  readonly outcome: Outcome;
  readonly reading: Reading;
  /** Where the reading lies, in its unit, as far as its samples tell; undefined where it was counted, not estimated. */
  readonly interval?: Interval;
  /** What the reading was held against, in its unit; undefined where a relative limit had nothing to relate to. */
  readonly limit?: number;
  /** The comparator, so that the judgement can be read without its objective. */
  readonly comparator: '<' | '<=' | '>' | '>=';
  /** `threshold`: the k6 script has it among its own thresholds. */
  readonly origin?: 'threshold';
  /** One sentence for people: `p95 412 ms is over the limit of 350 ms`. */
  readonly reason: string;
  /** What the reader has to know of it and which lowers no outcome, in one sentence. */
  readonly caveat?: string;
  /** What became of its warn limit, where it has one and the limit itself was not clearly passed. */
  readonly warning?: Warning;
  /** How much it counts in the score, where its author said so. */
  readonly weight?: number;
  /** How its failed requests were counted, where they were not as measured. */
  readonly failures?: Exclude<FailureTreatment, 'as-measured'>;
}

/** Changes no outcome, and no exit code. */
export interface Warning {
  /** Whether the reading is beyond the warn limit; `unknown` where there is no telling. */
  readonly status: 'certain' | 'possible' | 'unknown';
  /** The warn limit, in the unit of the reading. */
  readonly limit?: number;
  /** `p95 340 ms is over its warn limit of 300 ms`. */
  readonly reason: string;
}

/** The weighted share of the objectives that were met. It decides nothing. */
export interface Score {
  /** From 0 to 1. */
  readonly share: number;
  /** The weight of the objectives that passed, and of all. */
  readonly met: number;
  readonly of: number;
}

/** All judgements, and what the course of the run adds to them. */
export interface Verdict {
  readonly outcome: Outcome;
  /** One sentence: the worst judgement, or what kept the run from being judged. */
  readonly reason: string;
  /** Everything else that lowers what can be said, one sentence each. */
  readonly caveats: readonly string[];
}
