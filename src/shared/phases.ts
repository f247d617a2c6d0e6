import type { EpochMs } from './time.js';

/** The phases of a run, in order. */
export const PHASES = ['warmup', 'steady', 'fault', 'recovery'] as const;
export type Phase = (typeof PHASES)[number];

/** The time span of one phase: from startMs (inclusive) to endMs (exclusive). Transitions lie between windows. */
export interface PhaseWindow {
  readonly phase: Phase;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** The share of it in which some process of this machine waited for a processor, 0 to 1; undefined where nobody knows. */
  readonly cpuWait?: number;
}
