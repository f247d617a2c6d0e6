import { runMarker } from '../../shared/run-marker.js';
import type { GoBenchLoad } from '../load-generator.js';
import { captureOutput } from '../process/capture-output.js';
import { createBenchOutput, type BenchEvent } from './bench-output.js';
import { createBenchmarkRecorder } from './benchmark-recorder.js';
import { describeFailure } from './go-bench-outcome.js';
import { benchCommand } from './go-commands.js';

export type Trial =
  | {
      readonly status: 'tried';
      /** Of all that had a result, as Go printed them: those that a benchmark makes as it runs are among them. */
      readonly names: readonly string[];
    }
  /** No benchmark matches, or all that do are skipped: Go prints nothing of either. */
  | { readonly status: 'none' }
  | { readonly status: 'broken'; readonly reason: string };

type Failed = Extract<BenchEvent, { readonly kind: 'failed' | 'skipped' }>;

/** The trial is over when the start of the load is: that deadline is the one that counts. */
const DEADLINE_MS = 3_600_000;

/** Runs each benchmark for one operation. Rejects with the signal's reason alone. */
export async function tryBenchmarks(
  load: GoBenchLoad,
  { binary, folder, runId }: { readonly binary: string; readonly folder: string; readonly runId: string },
  signal: AbortSignal,
): Promise<Trial> {
  const once = { bench: load.bench, benchtime: '1x', benchmem: false };
  const env = { ...load.env, ...runMarker(runId) };
  const ran = await captureOutput(
    benchCommand(binary, once, 1),
    { cwd: folder, env, deadlineMs: DEADLINE_MS },
    signal,
  );
  if (ran.status === 'failed')
    return { status: 'broken', reason: `the trial of the benchmarks failed: ${ran.reason}` };
  const output = createBenchOutput();
  const recorder = createBenchmarkRecorder();
  const events = [...output.push(Buffer.from(ran.stdout), 0), ...output.end()];
  for (const event of events) recorder.take(event);
  const failed = events.find((event): event is Failed => event.kind === 'failed');
  const { readings } = recorder.log();
  if (ran.code === 0 && failed === undefined) {
    if (readings.length > 0) return { status: 'tried', names: namesOf(readings) };
    if (recorder.unreadable.count === 0) return { status: 'none' };
  }
  const reason = describeFailure({
    exit: { status: 'exited', code: ran.code },
    failed,
    lastReadings: 0,
    unreadable: recorder.unreadable,
    log: ran.stderr,
  });
  return { status: 'broken', reason };
}

function namesOf(readings: readonly { readonly name: string; readonly procs: number }[]): readonly string[] {
  return [...new Set(readings.map(({ name, procs }) => `${name}-${procs}`))];
}
