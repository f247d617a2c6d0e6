import type { Phase } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';

/** What a request is to the phase in which it started. */
export type Membership =
  /** It counts. */
  | 'within'
  /** It started in the fault phase and ended after it: it counts, with its full latency. */
  | 'outlived'
  /** It started in another phase and reached out of it: the fault may have touched it. */
  | 'set-apart'
  /** It started in a transition. */
  | 'none';

/** A span between two borders. The last one has no end yet: Infinity. */
export interface Span {
  readonly phase: Phase | 'transition';
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/** The borders of a run's phases; spans follow each other without a gap. */
export interface PhaseWindows {
  readonly spans: readonly Span[];
  /** Sets a border: what starts from here on belongs to this phase, or to a transition. */
  cut(phase: Phase | 'transition', atMs: EpochMs): void;
  /** The span in which a moment lies: at its start or after, before its end. */
  spanAt(atMs: EpochMs): Span;
}

export function createPhaseWindows(startMs: EpochMs): PhaseWindows {
  const spans: Span[] = [{ phase: 'transition', startMs, endMs: Infinity }];
  return {
    spans,
    cut(phase, atMs) {
      const last = spans.length - 1;
      spans[last] = { ...lastOf(spans), endMs: atMs };
      spans.push({ phase, startMs: atMs, endMs: Infinity });
    },
    spanAt(atMs) {
      // From the end, since nearly every sample belongs to the phase that is running.
      return spans.findLast((span) => span.startMs <= atMs && atMs < span.endMs) ?? firstOf(spans);
    },
  };
}

/** By the rule of the windows: the start decides the phase, the end whether it counts. */
export function membershipIn(span: Span, endMs: EpochMs): Membership {
  if (span.phase === 'transition') return 'none';
  if (endMs <= span.endMs) return 'within';
  return span.phase === 'fault' ? 'outlived' : 'set-apart';
}

function firstOf(spans: readonly Span[]): Span {
  const [first] = spans;
  if (first === undefined) throw new Error('there is always a span');
  return first;
}

function lastOf(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (last === undefined) throw new Error('there is always a span');
  return last;
}
