import type { EpochMs } from '../../shared/time.js';
import { BUILTIN_METRICS } from './builtin-metrics.js';
import { createCsvTags } from './csv-tags.js';
import { parseCsvRecord } from './parse-csv-record.js';
import { standsAt } from './row-bytes.js';
import type { Row, RowScanner } from './scan-rows.js';
import { createPointTeller, READ_METRICS } from './tell-points.js';

/** `metric_name,timestamp,metric_value,` is what each row begins with. */
const FIRST_COLUMNS = 3;
const HEADER = Buffer.from('metric_name,');
const NEWLINE = 10;
const QUOTE = 0x22;
const COMMA = 0x2c;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** Nanoseconds since 1970, from 2001 to 2286. */
const TIME_DIGITS = 19;
const SECOND_DIGITS = 10;
/** k6 writes each value with six decimals, which are nanoseconds where it is a time. */
const DECIMALS = 6;
/** More would not be exact as a whole number. */
const MOST_WHOLE_DIGITS = 9;
/** Of the end of a row, what has to be as in the row before. */
const SAME_BYTES = 4;
/** What k6 writes of one request after its duration, in this order. */
const OF_SAME_REQUEST = [
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
  'http_req_failed',
];

/** A metric whose rows are known by the bytes of its name. */
interface KnownMetric {
  readonly name: string;
  /** With the comma behind it. */
  readonly bytes: Buffer;
  readonly isWanted: boolean;
  readonly isRead: boolean;
  /** The metric of the row that mostly comes next. */
  next: KnownMetric | undefined;
  /** The metric whose row comes before, of the same request. */
  readonly after: string | undefined;
  isDeclared: boolean;
}

/**
 * Reads the rows of k6's CSV output, whose times are nanoseconds since 1970. The rows of one request stand together and
 * are alike but for name and value: where one of them ends says where the next ones end.
 *
 * @param wanted built-in metrics whose samples are told
 */
export function createCsvScanner(
  onRow: (row: Row) => void,
  wanted: ReadonlySet<string> = new Set(),
): RowScanner {
  const table = metricsByFirstByte(wanted);
  const teller = createPointTeller(onRow);
  const tags = createCsvTags();
  let rest: Buffer = Buffer.alloc(0);
  let unreadable = 0;
  /** Of the row before, and the length and the last bytes of what followed its value. */
  let last: KnownMetric | undefined;
  let tailLength = 0;
  let tailEnd = 0;
  /** Where the value of a row ends, and what it is. */
  let valueEnd = 0;
  let value = 0;

  function push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lastNewline = text.lastIndexOf(NEWLINE);
    let at = 0;
    while (at <= lastNewline) {
      const next = readRow(text, at);
      if (next === -1) break; // it goes on after a line break within quotes
      at = next;
    }
    rest = Buffer.from(text.subarray(at));
  }

  /** Returns where the next row begins; -1 where this one has not ended. */
  function readRow(text: Buffer, start: number): number {
    const metric = metricAt(text, start);
    const before = last;
    if (before !== undefined && metric !== undefined) before.next = metric;
    last = metric;
    if (metric === undefined) return readOther(text, start);
    if (before !== undefined && before.name === metric.after && !metric.isWanted) {
      const end = readFollowing(text, start, metric);
      if (end !== -1) return end;
    }
    return metric.isRead || metric.isWanted ? readPoint(text, start, metric) : endOf(text, start);
  }

  /** Reads a row with the same tags as the one before; -1 where it is not as it should be then. */
  function readFollowing(text: Buffer, start: number, metric: KnownMetric): number {
    if (!readValue(text, start + metric.bytes.length + TIME_DIGITS + 1)) return -1;
    const end = valueEnd + tailLength;
    if (end >= text.length || text[end] !== NEWLINE || text.readInt32LE(end - SAME_BYTES) !== tailEnd)
      return -1;
    if (metric.isRead) teller.take(metric.name, { ...tags.last, atMs: 0, value }, false);
    return end + 1;
  }

  function readPoint(text: Buffer, start: number, metric: KnownMetric): number {
    const timeAt = start + metric.bytes.length;
    const atMs = readTime(text, timeAt);
    if (!readValue(text, timeAt + TIME_DIGITS + 1)) return readSlowly(text, start, metric, atMs);
    const end = tags.read(text, valueEnd);
    if (end === -1) return readSlowly(text, start, metric, atMs);
    tailLength = end - valueEnd;
    tailEnd = text.readInt32LE(end - SAME_BYTES);
    if (Number.isNaN(atMs)) unreadable += 1;
    else tell(metric, atMs);
    return end + 1;
  }

  function tell(metric: KnownMetric, atMs: EpochMs): void {
    declare(metric);
    const { tags: own, vu, call } = tags.last;
    teller.take(metric.name, { atMs, value, tags: own, vu, call }, metric.isWanted);
  }

  /** k6 says nothing of its metrics here. */
  function declare(metric: KnownMetric): void {
    if (!metric.isWanted || metric.isDeclared) return;
    metric.isDeclared = true;
    const kind = BUILTIN_METRICS.get(metric.name);
    if (kind !== undefined) onRow({ kind: 'declared', metric: metric.name, ...kind });
  }

  /** The metric of a row, mostly the one that followed the last time. */
  function metricAt(text: Buffer, start: number): KnownMetric | undefined {
    const expected = last?.next;
    if (expected !== undefined && standsAt(text, start, expected.bytes)) return expected;
    return table[text[start] ?? 0]?.find(({ bytes }) => standsAt(text, start, bytes));
  }

  /** Reads `12.345678,` to the same number as Number() does; false for what takes more care. */
  function readValue(text: Buffer, start: number): boolean {
    if (text[start - 1] !== COMMA) return false;
    let digits = 0;
    let at = start;
    for (let byte = text[at] ?? 0; byte >= ZERO && byte <= NINE; byte = text[++at] ?? 0) {
      digits = digits * 10 + (byte - ZERO);
    }
    const length = at - start;
    if (text[at] !== DOT || length === 0 || length > MOST_WHOLE_DIGITS) return false;
    const end = at + 1 + DECIMALS;
    while (++at < end) {
      const byte = text[at] ?? 0;
      if (byte < ZERO || byte > NINE) return false;
      digits = digits * 10 + (byte - ZERO);
    }
    if (text[end] !== COMMA) return false;
    value = digits / 10 ** DECIMALS;
    valueEnd = end;
    return true;
  }

  /** A row of a metric that nobody reads, or the header. */
  function readOther(text: Buffer, start: number): number {
    if (standsAt(text, start, HEADER)) {
      const record = parseCsvRecord(text, start);
      if (record === undefined) return -1;
      tags.columns = record.fields.slice(FIRST_COLUMNS);
      return record.end;
    }
    return endOf(text, start);
  }

  /** A row with quotes, or with a value of another form. */
  function readSlowly(text: Buffer, start: number, metric: KnownMetric, atMs: EpochMs): number {
    last = undefined;
    const record = parseCsvRecord(text, start);
    if (record === undefined) return -1;
    const fields = record.fields.slice(FIRST_COLUMNS);
    value = Number(record.fields[2] ?? NaN);
    if (fields.length === tags.columns.length && !Number.isNaN(value + atMs)) {
      tags.take(fields);
      tell(metric, atMs);
    } else {
      unreadable += 1;
    }
    return record.end;
  }

  return {
    push,
    get unreadable() {
      return unreadable;
    },
  };
}

/** Where the row after this one begins; -1 where it has not ended. */
function endOf(text: Buffer, start: number): number {
  let isQuoted = false;
  for (let at = start; at < text.length; at++) {
    if (text[at] === QUOTE) isQuoted = !isQuoted;
    else if (text[at] === NEWLINE && !isQuoted) return at + 1;
  }
  return -1;
}

/** NaN where no time of so many digits stands there. */
function readTime(text: Buffer, start: number): EpochMs {
  let seconds = 0;
  let nanoseconds = 0;
  for (let index = 0; index < TIME_DIGITS; index++) {
    const byte = text[start + index] ?? 0;
    if (byte < ZERO || byte > NINE) return NaN;
    if (index < SECOND_DIGITS) seconds = seconds * 10 + (byte - ZERO);
    else nanoseconds = nanoseconds * 10 + (byte - ZERO);
  }
  return text[start + TIME_DIGITS] === COMMA ? seconds * 1000 + nanoseconds / 1e6 : NaN;
}

function metricsByFirstByte(wanted: ReadonlySet<string>): readonly (readonly KnownMetric[] | undefined)[] {
  const result: KnownMetric[][] = [];
  for (const name of new Set([...READ_METRICS, ...BUILTIN_METRICS.keys()])) {
    const bytes = Buffer.from(`${name},`, 'latin1');
    (result[bytes[0] ?? 0] ??= []).push({
      name,
      bytes,
      isWanted: wanted.has(name),
      isRead: READ_METRICS.includes(name),
      next: undefined,
      after: OF_SAME_REQUEST.includes(name)
        ? (OF_SAME_REQUEST[OF_SAME_REQUEST.indexOf(name) - 1] ?? 'http_req_duration')
        : undefined,
      isDeclared: false,
    });
  }
  return result;
}
