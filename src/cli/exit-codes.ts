import { PlimsollError, type ErrorCode } from '../shared/errors.js';
import { EXIT } from '../shared/exit.js';

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

export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
