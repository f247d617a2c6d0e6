import { fileURLToPath } from 'node:url';
import { messageOf, PlimsollError } from '../../../shared/errors.js';
import { runMarker } from '../../../shared/run-marker.js';
import type { RunRecorder } from '../../../shared/run-recorder.js';
import { spawnProcess, type ProcessExit } from '../../../shared/spawn-process.js';
import { endProcess, type Ending } from '../end-process.js';
import type { StressPlan } from '../local-fault.js';
import { recordProcess } from '../record-process.js';
import { readGroupUsage, type GroupUsage } from './group-usage.js';
import { GO, type StressTask } from './stress-task.js';

const PROGRAM = fileURLToPath(new URL('./stress-process.js', import.meta.url));
const END_GRACE_MS = 500;
const END_DEADLINE_MS = 5000;
const MOST_STDERR = 2000;

/** The stress for one target: a process group with a program of Plimsoll at its head. */
export interface StressSet {
  readonly pid: number;
  /** As it was before it began to work; what it takes beyond this is the stress. */
  readonly before: GroupUsage;
  usage(): Promise<GroupUsage>;
  /** What it wrote to its standard error so far. */
  said(): string;
  /** Closes its input, as the kernel does when this process dies. */
  disconnect(): void;
  /** Never rejects; may be called again. */
  stop(): Promise<Ending>;
}

/** Starts stress on this machine. Rejects with FAULT_NOT_INJECTED, or the signal's reason, and then nothing runs. */
export async function startStress(
  options: {
    readonly targetId: string;
    readonly plan: StressPlan;
    readonly stressNg: string | undefined;
    readonly runId: string;
    readonly recorder: RunRecorder;
  },
  signal: AbortSignal,
): Promise<StressSet> {
  const { targetId, plan, stressNg, runId, recorder } = options;
  signal.throwIfAborted();
  const task: StressTask = { plan, ...(stressNg === undefined ? {} : { stressNg }) };
  const outcome = await spawnProcess({
    command: [process.execPath, PROGRAM, JSON.stringify(task)],
    env: { ...runMarker(runId), NODE_OPTIONS: undefined },
    group: true,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  if (outcome.status === 'not-started') {
    throw notInjected(`the stress process of ${targetId} could not be started: ${outcome.reason}`);
  }
  const { pid, child, exited } = outcome.process;
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-MOST_STDERR);
  });
  child.stdin?.on('error', () => undefined); // it ended, which `exited` tells
  const stop = async (): Promise<Ending> => {
    const ending = await endProcess({ groupId: pid }, { graceMs: END_GRACE_MS, deadlineMs: END_DEADLINE_MS });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    return ending;
  };
  // Listened for at once: what comes while nobody listens is lost.
  const up = firstOutput(child.stdout, exited, signal);
  try {
    await Promise.all([recordProcess(recorder, { pid, role: `stress ${targetId}`, group: true }), up]);
    const before = await readGroupUsage(pid);
    child.stdin?.write(GO);
    return {
      pid,
      before,
      usage: () => readGroupUsage(pid),
      said: () => stderr.trim(),
      disconnect: () => child.stdin?.destroy(),
      stop,
    };
  } catch (error) {
    await stop();
    signal.throwIfAborted();
    throw notInjected(`the stress process of ${targetId} did not begin: ${messageOf(error)}`, error);
  }
}

function firstOutput(
  stdout: NodeJS.ReadableStream | null,
  exited: Promise<ProcessExit>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    stdout?.once('data', () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    void exited.then(() => {
      signal.removeEventListener('abort', abort);
      reject(new Error('it ended at once'));
    });
    if (signal.aborted) abort();
  });
}

function notInjected(message: string, cause?: unknown): PlimsollError {
  return new PlimsollError('FAULT_NOT_INJECTED', message, cause === undefined ? {} : { cause });
}
