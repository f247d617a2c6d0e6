import type { EpochMs } from '../../shared/time.js';
import { METRIC_CONTENTS, METRIC_TYPES, type MetricContents, type MetricType } from '../metric-series.js';
import { createPointReader, METRIC, type PointNeeds, type PointReader } from './read-point.js';
import { NEWLINE, QUOTE, standsAt } from './row-bytes.js';
import { createPointTeller, READ_METRICS, readTags } from './tell-points.js';

/** The tags of a row, as far as they are used. */
export interface RowTags {
  readonly name: string;
  readonly method: string;
  /** 0: without a response. */
  readonly status: number;
  /** k6's own judgement; undefined where the script has switched it off. */
  readonly expected: boolean | undefined;
  /** False in setup() and teardown(), whose requests are no load. */
  readonly inLoad: boolean;
  /** Every tag of the row. */
  readonly all: Readonly<Record<string, string>>;
}

/** What a row of `k6 run --out json` or `--out csv` says, as far as it is used. Times are k6's own: the wall clock of the machine. */
export type Row =
  | {
      /** A finished request; a redirect has one for each of its steps. */
      readonly kind: 'request';
      readonly endMs: EpochMs;
      /** From asking for a connection to the last byte. */
      readonly totalMs: number;
      /** Without what it took to get a connection. */
      readonly durationMs: number;
      readonly tags: RowTags;
      readonly vu: number;
      readonly call: number;
    }
  | {
      readonly kind: 'sent';
      readonly atMs: EpochMs;
      readonly tags: RowTags;
      readonly vu: number;
      readonly call: number;
      /** The number of the endpoint within its virtual user; negative where the tags say what it is. */
      readonly endpoint: number;
    }
  | { readonly kind: 'over'; readonly atMs: EpochMs; readonly vu: number; readonly call: number }
  | { readonly kind: 'iteration'; readonly atMs: EpochMs; readonly vu: number }
  | { readonly kind: 'dropped'; readonly atMs: EpochMs; readonly count: number }
  | { readonly kind: 'ready'; readonly atMs: EpochMs }
  /** A sample of a metric that is wanted. */
  | {
      readonly kind: 'metric';
      readonly atMs: EpochMs;
      readonly metric: string;
      readonly value: number;
      readonly tags: RowTags;
    }
  /** What a metric that is wanted is; before its first sample. */
  | {
      readonly kind: 'declared';
      readonly metric: string;
      readonly type: MetricType;
      readonly contains: MetricContents;
    }
  /** A row that k6 writes every second whatever happens. */
  | { readonly kind: 'tick'; readonly atMs: EpochMs };

export interface RowScanner {
  /** Takes the next bytes, cut anywhere. They may be overwritten afterwards. */
  push(bytes: Uint8Array): void;
  /** Rows of the kinds that are read, but which are not as k6 writes them. */
  readonly unreadable: number;
}

const METRIC_BYTES = Buffer.from(METRIC);
const DECLARATION = Buffer.from('{"type":"Metric"');

/** A metric whose rows are read. */
interface ReadMetric {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether its samples are told. */
  readonly isWanted: boolean;
  /** Of its own: the rows of one metric mostly have the same tags. */
  readonly read: PointReader;
}

/**
 * Reads the rows of k6's JSON output. No row is parsed as JSON unless its tags have not been seen yet: k6 writes some
 * three kilobytes for one request.
 */
export function createRowScanner(
  onRow: (row: Row) => void,
  wanted: ReadonlySet<string> = new Set(),
): RowScanner {
  const readMetrics = metricsByFirstByte(wanted);
  const teller = createPointTeller(onRow);
  let rest = Buffer.alloc(0);
  let unreadable = 0;

  function push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (rest.length > 0) {
      const end = chunk.indexOf(NEWLINE);
      rest = Buffer.concat([rest, end === -1 ? chunk : chunk.subarray(0, end)]);
      if (end === -1) return;
      readRow(rest, 0, rest.length);
      at = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, at);
      if (end === -1) break;
      readRow(chunk, at, end);
      at = end + 1;
    }
    rest = Buffer.from(chunk.subarray(at));
  }

  function readRow(text: Buffer, start: number, end: number): void {
    if (end - start < 2) return;
    const metric = metricAt(text, start);
    if (metric === undefined) {
      if (wanted.size > 0 && isDeclaration(text, start)) takeDeclaration(text.toString('utf8', start, end));
      return;
    }
    const point = metric.read(text, start, end, metric.bytes.length);
    if (point !== 'unreadable') teller.take(metric.name, point, metric.isWanted);
    else if (standsAt(text, start, METRIC_BYTES)) unreadable += 1;
  }

  /** The metric of a row that may be read, known by the bytes of its name. */
  function metricAt(text: Buffer, start: number): ReadMetric | undefined {
    const at = start + METRIC.length;
    const candidates = readMetrics[text[at] ?? 0];
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (hasNameAt(text, at, candidate.bytes)) return candidate;
    return undefined;
  }

  function takeDeclaration(json: string): void {
    const { data } = JSON.parse(json) as { readonly data: Readonly<Record<string, unknown>> };
    const { name } = data;
    const type = METRIC_TYPES.find((one) => one === data.type);
    if (typeof name !== 'string' || type === undefined || !wanted.has(name)) return;
    const contains = METRIC_CONTENTS.find((one) => one === data.contains) ?? 'default';
    onRow({ kind: 'declared', metric: name, type, contains });
  }

  return {
    push,
    get unreadable() {
      return unreadable;
    },
  };
}

function metricsByFirstByte(wanted: ReadonlySet<string>): readonly (readonly ReadMetric[] | undefined)[] {
  const table: ReadMetric[][] = [];
  for (const name of new Set([...READ_METRICS, ...wanted])) {
    const bytes = Buffer.from(name, 'latin1');
    (table[bytes[0] ?? 0] ??= []).push({
      name,
      bytes,
      isWanted: wanted.has(name),
      read: createPointReader(readTags, wanted.has(name) ? 'all' : needsOf(name)),
    });
  }
  return table;
}

/** From its end: names that begin alike are told apart by their last letters. */
function hasNameAt(text: Buffer, at: number, name: Buffer): boolean {
  if (text[at + name.length] !== QUOTE) return false;
  for (let index = name.length - 1; index > 0; index--) {
    if (text[at + index] !== name[index]) return false;
  }
  return true;
}

function isDeclaration(text: Buffer, start: number): boolean {
  return text.subarray(start, start + DECLARATION.length).equals(DECLARATION);
}

/** What is used of the rows that are always read. */
function needsOf(name: string): PointNeeds {
  if (name === 'http_req_blocked') return 'value';
  return name === 'iterations' ? 'vu' : 'all';
}
