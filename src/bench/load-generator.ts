import type { Finding } from '../shared/finding.js';
import type { DurationMs, EpochMs } from '../shared/time.js';
import type { BenchmarkLog, BenchmarkReading } from './benchmark.js';
import type { EndpointTags } from './endpoint-table.js';
import type { LoadReads } from './load-reads.js';
import type { MetricBatch } from './metric-batch.js';
import type { MetricSeries } from './metric-series.js';
import type { RowFormat } from './row-format.js';
import type { RunnerRecord } from './runners/runner-record.js';
import type { ScriptThreshold } from './script-threshold.js';
import type { SampleBatch } from './sample-batch.js';

/** Open: requests start on schedule, whatever the service does. Closed: each user waits for its answer first. */
export type LoadProfile =
  | { readonly model: 'open'; readonly ratePerSecond: number; readonly maxVUs: number }
  | { readonly model: 'closed'; readonly vus: number };

/** One kind of request of a declarative load, with its address and body resolved. */
export interface PlannedRequest {
  /** The endpoint's name in every table: `POST /orders`. */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How often it is drawn, in proportion to the others. */
  readonly weight: number;
  /** Statuses that count as success. */
  readonly expectStatus: { readonly min: number; readonly max: number };
}

export interface HttpLoad {
  readonly kind: 'http';
  readonly requests: readonly PlannedRequest[];
  readonly timeoutMs: DurationMs;
  /** One k6 in each of so many pods of a cluster, each with its part of the load. */
  readonly runners?: number;
  readonly profile: LoadProfile;
  /** The longest the load can be needed for; it is stopped earlier. */
  readonly maxDurationMs: DurationMs;
  /** What objectives read beyond requests by endpoint; undefined: nothing. */
  readonly reads?: LoadReads;
}

export interface K6ScriptLoad {
  readonly kind: 'k6-script';
  /** Absolute path of the user's script; it runs as it is. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** One k6 in each of so many pods of a cluster, each with its part of the load. */
  readonly runners?: number;
  /** Undefined: the script's own options decide. */
  readonly profile?: LoadProfile;
  readonly maxDurationMs: DurationMs;
  readonly reads?: LoadReads;
}

/** Any program that makes load and prints a row for each request. How much load it makes is its own business. */
export interface CommandLoad {
  readonly kind: 'command';
  readonly command: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly format: RowFormat;
  /** The longest that a request takes: the command goes on for this after the last phase. */
  readonly timeoutMs: DurationMs;
  readonly profile?: undefined;
  readonly maxDurationMs: DurationMs;
  readonly reads?: LoadReads;
}

/** Benchmarks of a Go package. They send what they send, and report numbers of their own: no request is on the tape. */
export interface GoBenchLoad {
  readonly kind: 'go-bench';
  /** As it was written, for people. */
  readonly package: string;
  /** Absolute: where `go` is called. */
  readonly cwd: string;
  /** The package as `go` is given it: `.`, or an import path. */
  readonly pattern: string;
  /** Which benchmarks: a regular expression of Go. */
  readonly bench: string;
  /** `1s`, `100x`. */
  readonly benchtime: string;
  /** How often each benchmark is measured by one start of the test binary; undefined: as many as match decide. */
  readonly count?: number;
  readonly benchmem: boolean;
  /** Build tags. */
  readonly tags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly profile?: undefined;
  readonly maxDurationMs: DurationMs;
}

export type PlannedLoad = HttpLoad | K6ScriptLoad | CommandLoad | GoBenchLoad;

export interface GeneratorDescription {
  readonly name: 'embedded' | 'k6' | 'command' | 'go-bench';
  /** Empty for a command, which nobody asks for it. */
  readonly version: string;
  /** `script`: the user's own k6 options, or the command's, decide. */
  readonly model: 'open' | 'closed' | 'script';
  /** What its numbers cannot show, one sentence each. */
  readonly blindSpots: readonly string[];
  readonly runners?: {
    readonly count: number;
    /** What holds them all: `Job shop/k6-20261125-...`. */
    readonly object: string;
    readonly image: string;
    /** What each of them runs. */
    readonly commands: readonly (readonly string[])[];
  };
}

/** Where a generator puts what it measured. Calls never throw and never wait. */
export interface TapeWriter {
  /** The index of an endpoint, told apart by these tags; the same gives the same index. */
  endpoint(name: string, tags?: EndpointTags): number;
  write(batch: SampleBatch): void;
  /** The index of a metric that objectives name; the same selector gives the same index. */
  metric(series: MetricSeries): number;
  writeMetrics(batch: MetricBatch): void;
  /** Iterations that an open model could not start for want of a free virtual user. */
  dropped(atMs: EpochMs, count: number): void;
  /** Everything that ended before this moment has been written. */
  writtenUntil(atMs: EpochMs): void;
}

export type LoadOutcome =
  | {
      readonly status: 'ended';
      /** `stopped`: by stop(). `finished`: of its own accord, before anybody asked. */
      readonly how: 'stopped' | 'finished';
      readonly endedAtMs: EpochMs;
      /** Requests that were written to the tape. */
      readonly requests: number;
      /** Where it ran in several pods. */
      readonly runners?: readonly RunnerRecord[];
      /** What went on in the generator itself that makes its numbers worth less, one sentence each. */
      readonly caveats?: readonly string[];
      /** What benchmarks reported, of a load that runs some. */
      readonly benchmarks?: BenchmarkLog;
    }
  | {
      readonly status: 'failed';
      readonly endedAtMs: EpochMs;
      readonly reason: string;
      readonly remedy: string;
      readonly benchmarks?: BenchmarkLog;
    };

/** The driver boundary of load. */
export interface LoadGenerator {
  describe(load: PlannedLoad): GeneratorDescription;
  preflight(load: PlannedLoad, signal: AbortSignal): Promise<readonly Finding[]>;
  /** Those that a script has among its own options; left out by generators that run no scripts. */
  thresholds?(load: PlannedLoad, signal: AbortSignal): Promise<readonly ScriptThreshold[]>;
  /** Resolves once requests are being sent. Rejects with LOAD_FAILED when nothing is left running. */
  start(load: PlannedLoad, tape: TapeWriter, signal: AbortSignal): Promise<RunningLoad>;
}

/** What benchmarks report while they run. */
export interface RunningBenchmarks {
  /** All of it so far. */
  log(): BenchmarkLog;
  /** Tells each reading from now on. The listener must not throw. */
  onReading(listener: (reading: BenchmarkReading) => void): void;
}

export interface RunningLoad {
  readonly startedAtMs: EpochMs;
  /** Resolves when the load is over and all of it is on the tape. Never rejects. */
  readonly finished: Promise<LoadOutcome>;
  /**
   * Starts no more requests, gives those in flight up to graceMs, then gives them up as requests without a
   * response. Never rejects; may be called again.
   */
  stop(graceMs: DurationMs): Promise<LoadOutcome>;
  /** Of a load that runs benchmarks alone. */
  readonly benchmarks?: RunningBenchmarks;
}
