import type { Environment } from '../../src/chaos/environment.js';
import type {
  AppliedFault,
  DoseReading,
  FaultInjector,
  PlannedFault,
  Recovery,
} from '../../src/chaos/fault-injector.js';
import type { Finding } from '../../src/shared/finding.js';
import type { RunEvent } from '../../src/shared/run-event.js';
import type { Clock } from '../../src/shared/time.js';

/** What may go wrong, each on demand. */
export interface FakeEnvironmentOptions {
  readonly clock: Clock;
  readonly injectMs?: number;
  readonly recoverMs?: number;
  readonly coverage?: number;
  readonly start?: (signal: AbortSignal) => Promise<void>;
  readonly apply?: (fault: PlannedFault, signal: AbortSignal) => Promise<void>;
  readonly injected?: (fault: PlannedFault, signal: AbortSignal) => Promise<void>;
  readonly recover?: (fault: PlannedFault) => Promise<Recovery>;
  readonly findings?: readonly Finding[];
  readonly leftBehind?: readonly Finding[];
}

export interface FakeEnvironment extends Environment {
  /** What was done, in order: `start`, `apply delay`, `injected delay`, `recover delay`, `stop`. */
  readonly calls: readonly string[];
  /** The faults that are in. */
  readonly live: ReadonlySet<string>;
  emit(event: Omit<RunEvent, 'atMs'>): void;
  readonly onEvent: (listener: (event: RunEvent) => void) => () => void;
  breakDown(finding: Finding): void;
}

export function createFakeEnvironment(options: FakeEnvironmentOptions): FakeEnvironment {
  const { clock, injectMs = 100, recoverMs = 100, coverage = 1 } = options;
  const calls: string[] = [];
  const live = new Set<string>();
  const listeners = new Set<(event: RunEvent) => void>();
  const never = new AbortController().signal;
  let breakDown: (finding: Finding) => void = () => undefined;
  const failed = new Promise<Finding>((resolve) => (breakDown = resolve));
  const targets = [{ id: 'orders-1', uid: 'orders-1#1', service: 'orders' }];

  const applied = (fault: PlannedFault): AppliedFault => ({
    async injected(signal) {
      await clock.sleep(injectMs, signal);
      await options.injected?.(fault, signal);
      calls.push(`injected ${fault.name}`);
      return { injectedAtMs: clock.nowMs(), targets, evidence: 'seen on 1 of 1' };
    },
    async *dose(signal): AsyncGenerator<DoseReading> {
      for (;;) {
        try {
          await clock.sleep(1000, signal);
        } catch {
          return;
        }
        yield { atMs: clock.nowMs(), coverage, detail: 'acting' };
      }
    },
    async recover() {
      const requestedAtMs = clock.nowMs();
      calls.push(`recover ${fault.name}`);
      if (options.recover !== undefined) return await options.recover(fault);
      await clock.sleep(recoverMs, never);
      live.delete(fault.name);
      return {
        status: 'recovered',
        requestedAtMs,
        recoveredAtMs: clock.nowMs(),
        evidence: 'gone from 1 of 1',
      };
    },
  });
  const injector: FaultInjector = {
    preflight: () => Promise.resolve([]),
    select: () => Promise.resolve(targets),
    async apply(fault, signal) {
      signal.throwIfAborted();
      calls.push(`apply ${fault.name}`);
      await options.apply?.(fault, signal);
      live.add(fault.name);
      return applied(fault);
    },
    sweep: () => Promise.resolve([]),
  };
  return {
    name: 'fake',
    driver: 'local',
    services: [{ name: 'orders', url: 'http://127.0.0.1:1', replicas: 1, labels: { app: 'orders' } }],
    injector,
    preflight: () => Promise.resolve(options.findings ?? []),
    async start(signal) {
      calls.push('start');
      await options.start?.(signal);
    },
    failed,
    stop() {
      calls.push('stop');
      return Promise.resolve(options.leftBehind ?? []);
    },
    calls,
    live,
    emit: (event) => {
      for (const listener of listeners) listener({ ...event, atMs: clock.nowMs() });
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    breakDown: (finding) => {
      breakDown(finding);
    },
  };
}
