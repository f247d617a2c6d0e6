import type { Clock, DurationMs, EpochMs } from '../../../shared/time.js';
import type { ProxyRule } from './proxy-rule.js';
import type { ProxyStats } from './proxy-stats.js';

export interface ProxyService {
  readonly name: string;
  /** The stable port on 127.0.0.1. */
  readonly port: number;
}

export interface ProxyReplica {
  readonly id: string;
  /** Another one for each new instance. */
  readonly uid: string;
  readonly host: string;
  readonly port: number;
  /** Only ready replicas are given new connections. */
  readonly ready: boolean;
}

export interface ProxyOptions {
  /** The run's clock; the proxy's times are on it. */
  readonly clock: Clock;
  /** Added to the environment of the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called as soon as the process exists, before it is asked for anything; startProxy waits for it. */
  readonly onSpawn?: (pid: number) => void | Promise<void>;
  /** How long each control call may take; default 5 s. */
  readonly deadlineMs?: DurationMs;
}

export type ProxyExit =
  | { readonly status: 'exited'; readonly code: number; readonly stderr: string }
  | { readonly status: 'signalled'; readonly signal: NodeJS.Signals; readonly stderr: string };

/**
 * The proxy process. Every call is acknowledged by it; a call rejects with DEADLINE when no answer comes in time,
 * and with NOT_READY when the process is gone.
 */
export interface ProxyHandle {
  readonly pid: number;
  /** Listens for exactly these services. Rejects with NOT_READY where a port cannot be had; then none is newly open. */
  setServices(services: readonly ProxyService[]): Promise<void>;
  /**
   * The replicas of a service from now on. Connections of one that is no longer named are reset; one that is named
   * but not ready keeps those it has, and gets no new ones.
   */
  setReplicas(service: string, replicas: readonly ProxyReplica[]): Promise<void>;
  /** The rules from now on, in place of those before. Resolves with the time at which they took effect. */
  setFaults(rules: readonly ProxyRule[]): Promise<EpochMs>;
  stats(): Promise<ProxyStats>;
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<ProxyExit>;
  /** Closes every listener and connection, and ends the process, by force if need be. Never rejects; may be called again. */
  stop(): Promise<void>;
}
