import type { StressPlan } from '../local-fault.js';

/** What a stress process is told when it starts, as JSON in its one argument. */
export interface StressTask {
  readonly plan: StressPlan;
  /** Absolute path of stress-ng; undefined: threads of its own do the work. */
  readonly stressNg?: string;
}

/** What one thread does. */
export type ThreadTask =
  | { readonly kind: 'cpu'; readonly loadPercent: number }
  | { readonly kind: 'memory'; readonly bytes: number };

/** On its output: it listens to its input, and does nothing yet. */
export const UP = 'up\n';
/** On its input: it is to begin. When its input closes it ends, with all it started: its parent is gone. */
export const GO = 'go\n';
