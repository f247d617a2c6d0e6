import type { Clock } from '../shared/time.js';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The part of `process` that tells of signals. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

export interface SignalHandlers {
  /** Called once; `interrupt` is aborted already. */
  readonly onFirst: (signal: StopSignal) => void;
  /** The user does not want to wait: leave at once. */
  readonly onSecond: (signal: StopSignal) => void;
}

export interface SignalWatch {
  /** Aborts at the first signal; its reason is 'SIGINT' or 'SIGTERM'. */
  readonly interrupt: AbortSignal;
  /** Does what a SIGTERM does, from within: for a failure after which everything has to be taken out. */
  readonly stopNow: () => void;
  readonly dispose: () => void;
}

/** A closed terminal (SIGHUP) asks for the same as SIGTERM. */
const MEANING: Readonly<Partial<Record<NodeJS.Signals, StopSignal>>> = {
  SIGINT: 'SIGINT',
  SIGTERM: 'SIGTERM',
  SIGHUP: 'SIGTERM',
};

/**
 * One Ctrl-C often arrives twice: the terminal sends it to everybody, and npm passes on what it got. What comes this
 * soon after the first is taken for its echo.
 */
const ECHO_MS = 500;

export function watchSignals(
  source: SignalSource,
  clock: Pick<Clock, 'nowMs'>,
  handlers: SignalHandlers,
): SignalWatch {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const stop = (signal: StopSignal) => {
    if (firstAtMs === undefined) {
      firstAtMs = clock.nowMs();
      controller.abort(signal);
      handlers.onFirst(signal);
    } else if (clock.nowMs() - firstAtMs > ECHO_MS) {
      handlers.onSecond(signal);
    }
  };
  const listener = (signal: NodeJS.Signals) => {
    const meaning = MEANING[signal];
    if (meaning !== undefined) stop(meaning);
  };
  const signals = Object.keys(MEANING) as NodeJS.Signals[];
  for (const signal of signals) source.on(signal, listener);
  return {
    interrupt: controller.signal,
    stopNow: () => {
      if (firstAtMs === undefined) stop('SIGTERM');
    },
    dispose: () => {
      for (const signal of signals) source.off(signal, listener);
    },
  };
}
