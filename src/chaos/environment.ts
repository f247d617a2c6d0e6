import type { Finding } from '../shared/finding.js';
import type { FaultInjector } from './fault-injector.js';

export interface ServiceDescription {
  readonly name: string;
  /** The stable address that the load uses: `http://127.0.0.1:18080`. */
  readonly url: string;
  /** 0 for a service that the user started. */
  readonly replicas: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A place to run an experiment in. One object serves one run. */
export interface Environment {
  readonly name: string;
  readonly driver: 'local' | 'kubernetes';
  readonly services: readonly ServiceDescription[];
  readonly injector: FaultInjector;
  /** Ports, commands, limits: everything that would keep it from starting. */
  preflight(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Resolves when every replica is ready. Rejects with NOT_READY when nothing is left running. */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves when it can carry a run no longer, whatever the service does: its fault proxy died. Never rejects. */
  readonly failed: Promise<Finding>;
  /** Stops all that start() started. Never rejects; returns what could not be stopped. May be called at any time, and again. */
  stop(): Promise<readonly Finding[]>;
}
