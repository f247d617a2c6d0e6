// A program of its own: stress for one target. It leads a process group, and takes that with it when its parent is gone.
import { Worker } from 'node:worker_threads';
import { spawnProcess } from '../../../shared/spawn-process.js';
import type { StressPlan } from '../local-fault.js';
import { stressNgArguments } from './stress-ng-command.js';
import { UP, type StressTask, type ThreadTask } from './stress-task.js';

const THREAD_URL = new URL('./stress-thread.js', import.meta.url);
const task = JSON.parse(process.argv[2] ?? '') as StressTask;

process.stdin.once('data', () => {
  void begin();
});
process.stdin.once('close', () => {
  process.kill(0, 'SIGKILL'); // its whole group
});
process.stdout.write(UP);

async function begin(): Promise<void> {
  if (task.stressNg === undefined) {
    for (const thread of threadsOf(task.plan)) {
      new Worker(THREAD_URL, { workerData: thread }).once('error', (error) => {
        fail(`a thread ended: ${error.message}`);
      });
    }
    return;
  }
  const outcome = await spawnProcess({
    command: [task.stressNg, ...stressNgArguments(task.plan)],
    stdout: { fd: 2 },
    stderr: { fd: 2 },
  });
  if (outcome.status === 'not-started') {
    fail(`${task.stressNg} could not be started: ${outcome.reason}`);
    return;
  }
  const exit = await outcome.process.exited;
  fail(`stress-ng ended by itself (${exit.status === 'exited' ? `code ${exit.code}` : exit.signal})`);
}

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
  process.stdin.removeAllListeners('close');
  process.stdin.destroy();
}

function threadsOf({ cpu, memory }: StressPlan): readonly ThreadTask[] {
  const cpuTask = (loadPercent: number): ThreadTask => ({ kind: 'cpu', loadPercent });
  const memoryTask = (bytes: number): ThreadTask => ({ kind: 'memory', bytes });
  return [
    ...(cpu === undefined ? [] : Array.from({ length: cpu.workers }, () => cpuTask(cpu.loadPercent))),
    ...(memory === undefined
      ? []
      : Array.from({ length: memory.workers }, () => memoryTask(Math.ceil(memory.bytes / memory.workers)))),
  ];
}
