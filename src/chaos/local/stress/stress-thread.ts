// A thread of the stress process: keeps a processor busy for a share of the time, or holds memory.
import { workerData } from 'node:worker_threads';
import type { ThreadTask } from './stress-task.js';

/** Short enough for a request to feel the busy share, long enough to sleep in between. */
const CYCLE_MS = 100;
const CHUNK_BYTES = 64 * 1024 * 1024;
const PAGE_BYTES = 4096;
const TOUCH_EVERY_MS = 1000;

const task = workerData as ThreadTask;
const nothing = new Int32Array(new SharedArrayBuffer(4));

switch (task.kind) {
  case 'cpu':
    for (;;) {
      burn((CYCLE_MS * task.loadPercent) / 100);
      pause((CYCLE_MS * (100 - task.loadPercent)) / 100);
    }
  case 'memory': {
    const chunks = allocate(task.bytes);
    for (;;) {
      touch(chunks); // else the system may take pages away that nobody asks for
      pause(TOUCH_EVERY_MS);
    }
  }
  default:
    task satisfies never;
}

function burn(forMs: number): void {
  const endsAtMs = performance.now() + forMs;
  while (performance.now() < endsAtMs);
}

function pause(forMs: number): void {
  if (forMs > 0) Atomics.wait(nothing, 0, 0, forMs);
}

function allocate(bytes: number): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let left = bytes; left > 0; left -= CHUNK_BYTES)
    chunks.push(Buffer.alloc(Math.min(left, CHUNK_BYTES)));
  return chunks;
}

function touch(chunks: readonly Buffer[]): void {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PAGE_BYTES) chunk[at] = ((chunk[at] ?? 0) + 1) & 0xff;
  }
}
