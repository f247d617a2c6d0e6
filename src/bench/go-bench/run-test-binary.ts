import type { ProcessExit } from '../../shared/spawn-process.js';
import { runMarker } from '../../shared/run-marker.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { Clock } from '../../shared/time.js';
import { launchLoad, type LoadProcess } from '../process/launch-load.js';
import type { BenchEvent } from './bench-output.js';
import { openBenchPipe } from './open-bench-pipe.js';

/** What is left in the pipe is read at once; only somebody who holds it open makes it longer. */
const DRAIN_MS = 5_000;

export interface TestBinaryRun {
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runId: string;
  readonly fifo: string;
  readonly logPath: string;
  readonly clock: Clock;
  readonly recorder: RunRecorder;
  readonly tell: (event: BenchEvent) => void;
  readonly keep: (bytes: Uint8Array) => void;
  /** Gets the process as soon as it runs. */
  readonly onStart: (process: LoadProcess) => void;
}

/** Runs the test binary to its end, and tells what it prints as it prints it. Rejects with LOAD_FAILED. */
export async function runTestBinary(parts: TestBinaryRun): Promise<ProcessExit> {
  const { clock } = parts;
  const pipe = await openBenchPipe(parts.fifo, clock, parts.tell, parts.keep);
  try {
    const started = await launch(parts, pipe.writer.fd).finally(() => pipe.writer.close());
    parts.onStart(started);
    const exit = await started.exited;
    const drained = new AbortController();
    const overdue = clock.sleep(DRAIN_MS, drained.signal).then(
      () => {
        started.killRest();
      },
      () => undefined, // it is read
    );
    await Promise.race([pipe.ended, overdue]);
    drained.abort();
    return exit;
  } finally {
    pipe.close();
    await pipe.ended;
  }
}

async function launch(parts: TestBinaryRun, stdout: number): Promise<LoadProcess> {
  return await launchLoad({
    command: parts.command,
    cwd: parts.folder,
    env: { ...parts.env, ...runMarker(parts.runId) },
    stdout,
    logPath: parts.logPath,
    recorder: parts.recorder,
    role: 'go benchmarks',
    interrupt: 'group',
    remedy: 'run it again',
  });
}
