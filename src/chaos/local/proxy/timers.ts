import type { EpochMs } from '../../../shared/time.js';

/** Wakes up at moments of the run's clock. */
export interface Timers {
  nowMs(): EpochMs;
  /** Calls back once, at the moment or up to about a millisecond after it, never before. The result calls it off. */
  at(dueMs: EpochMs, wake: () => void): () => void;
}

interface Entry {
  readonly dueMs: EpochMs;
  /** Undefined once it was called off. */
  wake: (() => void) | undefined;
}

/**
 * One heap of due times, and one timer of Node for the earliest: what is due by the same moment is woken together.
 */
export function createTimers(nowMs: () => EpochMs): Timers {
  const heap: Entry[] = [];
  let armed: { readonly forMs: EpochMs; readonly timeout: NodeJS.Timeout } | undefined;

  function arm(): void {
    const first = heap[0];
    if (first === undefined || (armed !== undefined && armed.forMs <= first.dueMs)) return;
    clearTimeout(armed?.timeout);
    const timeout = setTimeout(fire, Math.max(1, Math.ceil(first.dueMs - nowMs())));
    armed = { forMs: first.dueMs, timeout };
  }

  function fire(): void {
    armed = undefined;
    const now = nowMs();
    for (let first = heap[0]; first !== undefined && first.dueMs <= now; first = heap[0]) {
      removeFirst(heap);
      first.wake?.();
    }
    arm();
  }

  return {
    nowMs,
    at(dueMs, wake) {
      const entry: Entry = { dueMs, wake };
      insert(heap, entry);
      arm();
      return () => {
        entry.wake = undefined;
      };
    },
  };
}

function insert(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.dueMs <= entry.dueMs) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function removeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const [child, at] =
      right !== undefined && left !== undefined && right.dueMs < left.dueMs
        ? [right, 2 * index + 2]
        : [left, 2 * index + 1];
    if (child === undefined || child.dueMs >= last.dueMs) break;
    heap[index] = child;
    index = at;
  }
  heap[index] = last;
}
