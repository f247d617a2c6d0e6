import { PlimsollError, type ErrorCode } from '../shared/errors.js';
import type { Outcome } from '../shared/outcome.js';

/** Every code that Plimsoll exits with; docs/verdicts-and-exit-codes.md explains them. */
export const EXIT = {
  pass: 0,
  breach: 1,
  inconclusive: 2,
  usage: 64,
  notReady: 69,
  internal: 70,
  faultMayBeLive: 75,
  interrupted: 130,
  terminated: 143,
} as const;

/** The most urgent first. Whoever is not told of a live fault acts wrongly on everything else. */
const BY_URGENCY: readonly number[] = [
  EXIT.faultMayBeLive,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.internal,
  EXIT.breach,
  EXIT.notReady,
  EXIT.usage,
  EXIT.inconclusive,
  EXIT.pass,
];

const OF_ERROR: Readonly<Record<ErrorCode, number>> = {
  USAGE: EXIT.usage,
  NOT_READY: EXIT.notReady,
  FAULT_NOT_RECOVERED: EXIT.faultMayBeLive,
  INTERRUPTED: EXIT.interrupted,
  // The orchestrator makes outcomes of these three; where one gets out of it, that is a bug.
  FAULT_NOT_INJECTED: EXIT.internal,
  LOAD_FAILED: EXIT.internal,
  DEADLINE: EXIT.internal,
};

/** The one code for several runs: the most urgent of theirs. Of none it is inconclusive; an unknown one is a bug. */
export function worstExitCode(codes: readonly number[]): number {
  if (codes.length === 0) return EXIT.inconclusive;
  if (codes.includes(EXIT.faultMayBeLive)) return EXIT.faultMayBeLive;
  if (codes.some((code) => !BY_URGENCY.includes(code))) return EXIT.internal;
  return BY_URGENCY.find((code) => codes.includes(code)) ?? EXIT.internal;
}

export function exitCodeOfError(thrown: unknown): number {
  return thrown instanceof PlimsollError ? OF_ERROR[thrown.code] : EXIT.internal;
}

export function exitCodeOfOutcome(outcome: Outcome): number {
  return EXIT[outcome];
}

export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
