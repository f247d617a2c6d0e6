import { METRIC_CONTENTS, METRIC_TYPES } from '../metric-series.js';
import { createPoint, type PointBuffer } from './create-point.js';
import { createPointReader, METRIC, type PointNeeds, type PointReader } from './read-point.js';
import { NEWLINE, QUOTE, standsAt } from './row-bytes.js';
import type { RowScanner, RowTaker } from './row-taker.js';
import { createPointTeller, READ_METRICS } from './tell-points.js';

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
export function createRowScanner(taker: RowTaker, wanted: ReadonlySet<string> = new Set()): RowScanner {
  const point = createPoint();
  const readMetrics = metricsByFirstByte(wanted, point);
  const teller = createPointTeller(taker);
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
    if (metric.read(text, start, end, metric.bytes.length)) teller.take(metric.name, point, metric.isWanted);
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
    taker.declared({ name, type, contains });
  }

  return {
    push,
    get unreadable() {
      return unreadable;
    },
  };
}

function metricsByFirstByte(
  wanted: ReadonlySet<string>,
  point: PointBuffer,
): readonly (readonly ReadMetric[] | undefined)[] {
  const table: ReadMetric[][] = [];
  for (const name of new Set([...READ_METRICS, ...wanted])) {
    const bytes = Buffer.from(name, 'latin1');
    (table[bytes[0] ?? 0] ??= []).push({
      name,
      bytes,
      isWanted: wanted.has(name),
      read: createPointReader(point, wanted.has(name) ? 'all' : needsOf(name)),
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
