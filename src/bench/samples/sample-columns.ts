import { MEMBERSHIPS, SLICE_PHASES } from '../second.js';
import type { ParquetColumn } from './write-parquet.js';

/** What becomes of a request, as every export calls it; by RESULT_OK, RESULT_FAILED_RESPONSE and RESULT_NO_RESPONSE. */
export const OUTCOMES = ['ok', 'failed-response', 'no-response'] as const;

/** Requests in columns, each as an index into its names. */
export interface SampleColumns {
  readonly count: number;
  readonly startMs: Float64Array;
  readonly latencyMs: Float64Array;
  readonly endpoint: Uint16Array;
  readonly result: Uint8Array;
  readonly phase: Uint8Array;
  readonly membership: Uint8Array;
}

export function createColumns(size: number): SampleColumns {
  return {
    count: 0,
    startMs: new Float64Array(size),
    latencyMs: new Float64Array(size),
    endpoint: new Uint16Array(size),
    result: new Uint8Array(size),
    phase: new Uint8Array(size),
    membership: new Uint8Array(size),
  };
}

/** What can be handed to another thread without a copy. */
export function buffersOf(columns: SampleColumns): ArrayBuffer[] {
  const { startMs, latencyMs, endpoint, result, phase, membership } = columns;
  return [startMs, latencyMs, endpoint, result, phase, membership].map(({ buffer }) => buffer as ArrayBuffer);
}

/** The names and types of the file's columns, in order. */
export const SAMPLE_COLUMNS = [
  { name: 'startMs', type: 'DOUBLE' },
  { name: 'latencyMs', type: 'DOUBLE' },
  { name: 'endpoint', type: 'STRING' },
  { name: 'outcome', type: 'STRING' },
  { name: 'phase', type: 'STRING' },
  { name: 'membership', type: 'STRING' },
] as const;

/** The rows in the words of the file. */
export function toParquetColumns(columns: SampleColumns, endpoints: readonly string[]): ParquetColumn[] {
  const { count } = columns;
  const named = (indexes: Uint8Array | Uint16Array, names: readonly string[]) =>
    Array.from(indexes.subarray(0, count), (index) => names[index] ?? '');
  const data = [
    columns.startMs.subarray(0, count),
    columns.latencyMs.subarray(0, count),
    named(columns.endpoint, endpoints),
    named(columns.result, OUTCOMES),
    named(columns.phase, SLICE_PHASES),
    named(columns.membership, MEMBERSHIPS),
  ];
  return SAMPLE_COLUMNS.map((column, index) => ({ ...column, data: data[index] ?? [] }));
}
