import type { EpochMs } from '../../shared/time.js';
import { METRIC_CONTENTS, METRIC_TYPES, type MetricContents, type MetricType } from '../metric-series.js';
import { CALL_KEY, READY_METRIC, REQUEST_METRIC } from './instrument-requests.js';
import { createRowTimeParser } from './parse-row-time.js';

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

/** What a row of `k6 run --out json` says, as far as it is used. Times are k6's own: the wall clock of the machine. */
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
      readonly vu: string;
      readonly call: string;
    }
  | {
      readonly kind: 'sent';
      readonly atMs: EpochMs;
      readonly tags: RowTags;
      readonly vu: string;
      readonly call: string;
    }
  | { readonly kind: 'over'; readonly atMs: EpochMs; readonly vu: string; readonly call: string }
  | { readonly kind: 'iteration'; readonly atMs: EpochMs; readonly vu: string }
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

const NEWLINE = 10;
const QUOTE = 0x22;
const METRIC = '{"metric":"';
const DECLARATION = Buffer.from('{"type":"Metric"');
const POINT = '","type":"Point","data":{"time":"';
/** What is always read. One request makes ten rows; the others are passed over at their first bytes. */
const READ = [
  'http_req_duration',
  'http_req_blocked',
  REQUEST_METRIC,
  READY_METRIC,
  'iterations',
  'dropped_iterations',
  'vus',
];
const KNOWN_TAGS = 4_000;

/** A metric whose rows are read. */
interface ReadMetric {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether its samples are told. */
  readonly isWanted: boolean;
}

interface Point {
  readonly metric: string;
  readonly time: string;
  readonly value: number;
  readonly tags: RowTags;
  readonly vu: string;
  readonly call: string;
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
  const timeOf = createRowTimeParser();
  const knownTags = new Map<string, RowTags>();
  let rest = Buffer.alloc(0);
  let unreadable = 0;
  /** A request's duration, until the next row tells how long it waited for its connection. */
  let open: Point | undefined;

  function push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const end = text.indexOf(NEWLINE, at);
      if (end === -1) break;
      readRow(text, at, end);
      at = end + 1;
    }
    rest = Buffer.from(text.subarray(at));
  }

  function readRow(text: Buffer, start: number, end: number): void {
    if (end - start < 2) return;
    const metric = metricAt(text, start);
    if (metric === undefined) {
      if (wanted.size > 0 && isDeclaration(text, start)) takeDeclaration(text.toString('utf8', start, end));
      return;
    }
    const point = readPoint(text.toString('latin1', start, end), metric.name, tagsOf);
    if (point === 'unreadable') unreadable += 1;
    else if (point !== undefined) take(point, metric.isWanted);
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

  function tagsOf(json: string): RowTags {
    let tags = knownTags.get(json);
    if (tags === undefined) {
      tags = readTags(JSON.parse(Buffer.from(json, 'latin1').toString()) as Record<string, string>);
      // Somebody may put a number into a name: forgetting all is cheaper than keeping order.
      if (knownTags.size >= KNOWN_TAGS) knownTags.clear();
      knownTags.set(json, tags);
    }
    return tags;
  }

  function take(point: Point, isWanted: boolean): void {
    // A request's duration is told with the request, which knows when it began.
    if (isWanted && point.metric !== 'http_req_duration') {
      const { metric, time, value, tags } = point;
      onRow({ kind: 'metric', atMs: timeOf(time), metric, value, tags });
    }
    if (point.metric === 'http_req_blocked') {
      finish(point.value);
      return;
    }
    finish(0);
    if (point.metric === 'http_req_duration') open = point;
    else if (READ.includes(point.metric)) onRow(rowOf(point));
  }

  /**
   * `blocked` begins when a connection is asked for and ends when there is one: resolving the name, connecting and
   * TLS lie within it, although they have rows of their own.
   */
  function finish(blockedMs: number): void {
    if (open === undefined) return;
    const { time, value, tags, vu, call } = open;
    open = undefined;
    onRow({
      kind: 'request',
      endMs: timeOf(time),
      totalMs: value + blockedMs,
      durationMs: value,
      tags,
      vu,
      call,
    });
  }

  function rowOf({ metric, time, value, tags, vu, call }: Point): Row {
    const atMs = timeOf(time);
    switch (metric) {
      case REQUEST_METRIC:
        return value === 0 ? { kind: 'over', atMs, vu, call } : { kind: 'sent', atMs, tags, vu, call };
      case READY_METRIC:
        return { kind: 'ready', atMs };
      case 'iterations':
        return { kind: 'iteration', atMs, vu };
      case 'dropped_iterations':
        return { kind: 'dropped', atMs, count: value };
      default:
        return { kind: 'tick', atMs };
    }
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
  for (const name of new Set([...READ, ...wanted])) {
    const bytes = Buffer.from(name, 'latin1');
    (table[bytes[0] ?? 0] ??= []).push({ name, bytes, isWanted: wanted.has(name) });
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

function readPoint(
  row: string,
  metric: string,
  tagsOf: (json: string) => RowTags,
): Point | 'unreadable' | undefined {
  const nameEnd = METRIC.length + metric.length;
  if (!row.startsWith(METRIC)) return undefined;
  const timeAt = nameEnd + POINT.length;
  const timeEnd = row.indexOf('"', timeAt);
  const valueAt = timeEnd + '","value":'.length;
  const tagsKey = row.indexOf(',"tags":{', valueAt);
  if (!row.startsWith(POINT, nameEnd) || !row.startsWith('","value":', timeEnd) || tagsKey === -1) {
    return 'unreadable';
  }
  const tagsAt = tagsKey + ',"tags":'.length;
  // No text within JSON can look like this: its quotes would be escaped.
  const metadataKey = row.indexOf('},"metadata":{', tagsAt);
  const tagsEnd = metadataKey === -1 ? row.length - 2 : metadataKey + 1;
  const metadata = metadataKey === -1 ? '' : row.slice(metadataKey);
  return {
    metric,
    time: row.slice(timeAt, timeEnd),
    value: Number(row.slice(valueAt, tagsKey)),
    tags: tagsOf(row.slice(tagsAt, tagsEnd)),
    vu: digitsAfter(metadata, '"vu":"'),
    call: digitsAfter(metadata, `"${CALL_KEY}":"`),
  };
}

function digitsAfter(metadata: string, key: string): string {
  const at = metadata.indexOf(key);
  if (at === -1) return '';
  return metadata.slice(at + key.length, metadata.indexOf('"', at + key.length));
}

function readTags(tags: Readonly<Record<string, string>>): RowTags {
  return {
    name: tags.name ?? '',
    method: tags.method ?? '',
    status: Number(tags.status ?? 0),
    expected: tags.expected_response === undefined ? undefined : tags.expected_response === 'true',
    inLoad: tags.scenario !== undefined,
    all: tags,
  };
}
