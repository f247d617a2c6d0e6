import { copyColumns } from './copy-columns.js';

/** Columns that can be handed on to another thread. */
export interface SampleColumns {
  readonly count: number;
  readonly startMs: Float64Array<ArrayBuffer>;
  readonly latencyUs: Float64Array<ArrayBuffer>;
  readonly endpoint: Uint16Array<ArrayBuffer>;
  readonly result: Uint8Array<ArrayBuffer>;
}

/** Collects samples in columns that grow as they have to. */
export interface ColumnWriter {
  add(startMs: number, latencyUs: number, endpoint: number, result: number): void;
  /** What has been added since the last time. */
  take(): SampleColumns;
}

const LEAST_ROOM = 64;

export function createColumnWriter(): ColumnWriter {
  let count = 0;
  let columns = newColumns(LEAST_ROOM);
  return {
    add(startMs, latencyUs, endpoint, result) {
      if (count === columns.result.length) columns = grown(columns);
      columns.startMs[count] = startMs;
      columns.latencyUs[count] = latencyUs;
      columns.endpoint[count] = endpoint;
      columns.result[count] = result;
      count += 1;
    },
    take() {
      const taken = { ...columns, count };
      // What comes in is mostly about as much as the last time.
      columns = newColumns(Math.max(LEAST_ROOM, Math.ceil(count * 1.25)));
      count = 0;
      return taken;
    },
  };
}

function newColumns(length: number): Omit<SampleColumns, 'count'> {
  return {
    startMs: new Float64Array(length),
    latencyUs: new Float64Array(length),
    endpoint: new Uint16Array(length),
    result: new Uint8Array(length),
  };
}

function grown(columns: Omit<SampleColumns, 'count'>): Omit<SampleColumns, 'count'> {
  const larger = newColumns(columns.result.length * 2);
  copyColumns(columns, larger);
  return larger;
}
