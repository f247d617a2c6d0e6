/** The thread in which the embedded generator sends: what the main thread does cannot delay a request. */
import { parentPort, workerData } from 'node:worker_threads';
import { clockOf } from '../../shared/anchored-clock.js';
import { runHttpLoad } from './run-http-load.js';
import type { StopMessage, WorkerMessage, WorkerTask } from './worker-messages.js';

const port = parentPort;
if (port === null) throw new Error('embedded-worker is a thread of the embedded generator, not a program');
const task = workerData as WorkerTask;

const post = (message: WorkerMessage): void => {
  port.postMessage(message);
};
const run = runHttpLoad(task.load, task.endpoints, clockOf(task.anchor), {
  written: (message) => {
    const { startMs, latencyUs, endpoint, result } = message.batch;
    port.postMessage(message, [
      startMs.buffer,
      latencyUs.buffer,
      endpoint.buffer,
      result.buffer,
    ] as ArrayBuffer[]);
  },
  starved: (lateMs) => {
    post({ kind: 'starved', lateMs });
  },
  ended: (message) => {
    post(message);
    // Without a listener the port no longer holds the thread, which then ends by itself.
    port.off('message', onMessage);
  },
});
port.on('message', onMessage);
post({ kind: 'started', atMs: run.startedAtMs });

function onMessage(message: StopMessage): void {
  run.stop(message.graceMs);
}
