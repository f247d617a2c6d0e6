import type { DurationMs } from '../../shared/time.js';

/** The local environment as plimsoll.yaml has it, parsed. */
export interface LocalConfig {
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly stress: StressLimits;
}

export type ServiceConfig = ManagedService | ExistingService;

/** Started and supervised by the environment. */
export interface ManagedService {
  readonly command: readonly string[];
  /** Relative to the folder of plimsoll.yaml. */
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The stable port on 127.0.0.1. */
  readonly port: number;
  readonly readiness: ReadinessConfig;
  readonly restartBackoff: DurationMs;
}

/** Started by the user; the fault proxy stands in front of it. */
export interface ExistingService {
  /** `127.0.0.1:8080`. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

export interface ReadinessConfig {
  /** The path of which a GET answers 2xx; undefined: a connection is enough. */
  readonly http?: string | undefined;
  readonly period: DurationMs;
  readonly timeout: DurationMs;
}

/** What StressChaos may take of this machine, over all targets. */
export interface StressLimits {
  readonly maxCpuWorkers: number;
  /** Bytes. */
  readonly maxMemory: number;
}

export function isManaged(service: ServiceConfig): service is ManagedService {
  return 'command' in service;
}
