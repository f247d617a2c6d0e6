import type { EpochMs } from '../../shared/time.js';
import type { SampleBatch } from '../sample-batch.js';

/** Collects finished requests in columns, until somebody takes them away. */
export interface SampleRecorder {
  add(startMs: EpochMs, endMs: EpochMs, endpoint: number, result: number): void;
  drop(dueMs: readonly EpochMs[]): void;
  /** Hands over all that was collected since the last call. */
  take(): { readonly batch: SampleBatch; readonly droppedAtMs: readonly EpochMs[] };
  /** Requests that were added since the start. */
  total(): number;
}

const SMALLEST_CAPACITY = 256;

export function createSampleRecorder(): SampleRecorder {
  let columns = newColumns(SMALLEST_CAPACITY);
  let count = 0;
  let total = 0;
  let droppedAtMs: EpochMs[] = [];

  return {
    add: (startMs, endMs, endpoint, result) => {
      if (count === columns.startMs.length) columns = grown(columns);
      columns.startMs[count] = startMs;
      // Never 0: a request that was refused at once has taken some time all the same.
      columns.latencyUs[count] = Math.max(1, (endMs - startMs) * 1000);
      columns.endpoint[count] = endpoint;
      columns.result[count] = result;
      count += 1;
      total += 1;
    },
    drop: (dueMs) => {
      for (const due of dueMs) droppedAtMs.push(due);
    },
    take: () => {
      const taken = { batch: { count, ...columns }, droppedAtMs };
      columns = newColumns(Math.max(SMALLEST_CAPACITY, count));
      count = 0;
      droppedAtMs = [];
      return taken;
    },
    total: () => total,
  };
}

type Columns = Omit<SampleBatch, 'count'>;

function newColumns(capacity: number): Columns {
  return {
    startMs: new Float64Array(capacity),
    latencyUs: new Float64Array(capacity),
    endpoint: new Uint16Array(capacity),
    result: new Uint8Array(capacity),
  };
}

function grown(columns: Columns): Columns {
  const larger = newColumns(columns.startMs.length * 2);
  larger.startMs.set(columns.startMs);
  larger.latencyUs.set(columns.latencyUs);
  larger.endpoint.set(columns.endpoint);
  larger.result.set(columns.result);
  return larger;
}
