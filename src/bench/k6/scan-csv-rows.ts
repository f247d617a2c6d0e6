import type { EpochMs } from '../../shared/time.js';
import { BUILTIN_METRICS } from './builtin-metrics.js';
import { createCsvTags } from './csv-tags.js';
import { parseCsvRecord } from './parse-csv-record.js';
import {
  COMMA,
  DOT,
  NEWLINE,
  NINE,
  type NumberBytes,
  QUOTE,
  readDecimal,
  standsAt,
  ZERO,
} from './row-bytes.js';
import type { Row, RowScanner } from './scan-rows.js';
import { createPointTeller, READ_METRICS } from './tell-points.js';

/** `metric_name,timestamp,metric_value,` is what each row begins with. */
const FIRST_COLUMNS = 3;
const HEADER = Buffer.from('metric_name,');
/** Nanoseconds since 1970, from 2001 to 2286. */
const TIME_DIGITS = 19;
const SECOND_DIGITS = 10;
/** k6 writes each value with six decimals, which are nanoseconds where it is a time. */
const DECIMALS = 6;
/** More would not be exact as a whole number. */
const MOST_WHOLE_DIGITS = 9;
/** What k6 writes at once, in this order and with the same tags: of a request, and of an iteration. */
const SERIES = [
  [
    'http_reqs',
    'http_req_duration',
    'http_req_blocked',
    'http_req_connecting',
    'http_req_tls_handshaking',
    'http_req_sending',
    'http_req_waiting',
    'http_req_receiving',
    'http_req_failed',
  ],
  ['data_sent', 'data_received', 'iteration_duration', 'iterations'],
];

/** A metric whose rows are known by the bytes of its name. */
interface KnownMetric {
  readonly name: string;
  /** With the comma behind it. */
  readonly bytes: Buffer;
  readonly isWanted: boolean;
  readonly isRead: boolean;
  /** The metric whose row k6 writes next, with the same tags. */
  next: KnownMetric | undefined;
  /** Whether its row is the first of several. */
  isFirst: boolean;
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
  /** Of the row whose tags were read last, what follows its value. */
  let tailAt = 0;
  let tailLength = 0;
  const number: NumberBytes = { value: 0, end: 0 };

  function push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lastNewline = text.lastIndexOf(NEWLINE);
    let at = 0;
    while (at <= lastNewline) {
      const next = readRows(text, at);
      if (next === -1) break; // it goes on after a line break within quotes
      at = next;
    }
    rest = Buffer.from(text.subarray(at));
  }

  /** Reads a row and those that follow it with the same tags. Returns where the next begins; -1 where it has not ended. */
  function readRows(text: Buffer, start: number): number {
    const metric = metricAt(text, start);
    if (metric === undefined) return readOther(text, start);
    if (!metric.isRead && !metric.isWanted && !metric.isFirst) return endOf(text, start);
    let at = readPoint(text, start, metric);
    for (let next = metric.next; next !== undefined && tailLength > 0 && at !== -1; next = next.next) {
      const end = readNext(text, at, next);
      if (end === -1) break;
      at = end;
    }
    return at;
  }

  /** Reads a row with the tags of the one before; -1 where it is not as it should be then. */
  function readNext(text: Buffer, start: number, metric: KnownMetric): number {
    const { bytes } = metric;
    const timeAt = start + bytes.length;
    const valueAt = timeAt + TIME_DIGITS + 1;
    let dotAt = valueAt + 1;
    while (dotAt <= valueAt + MOST_WHOLE_DIGITS && text[dotAt] !== DOT) dotAt++;
    const valueEnd = dotAt + 1 + DECIMALS;
    const end = valueEnd + tailLength;
    const isAlike =
      text[timeAt - 1] === COMMA &&
      text[timeAt - 2] === bytes[bytes.length - 2] &&
      text[start] === bytes[0] &&
      text[valueAt - 1] === COMMA &&
      text[dotAt] === DOT &&
      text[valueEnd] === COMMA &&
      text[end] === NEWLINE;
    if (!isAlike) return -1;
    if (!metric.isRead && !metric.isWanted) return end + 1;
    for (let index = 1; index < tailLength; index++) {
      if (text[valueEnd + index] !== text[tailAt + index]) return -1;
    }
    const atMs = readTime(text, timeAt);
    const isRead = readDecimal(text, valueAt, number) && number.end === valueEnd;
    if (!isRead || Number.isNaN(atMs) || !standsAt(text, start, bytes)) return -1;
    tell(metric, atMs, number.value);
    return end + 1;
  }

  function readPoint(text: Buffer, start: number, metric: KnownMetric): number {
    const timeAt = start + metric.bytes.length;
    const valueAt = timeAt + TIME_DIGITS + 1;
    const atMs = readTime(text, timeAt);
    const isRead = !Number.isNaN(atMs) && readDecimal(text, valueAt, number) && text[number.end] === COMMA;
    const end = isRead ? tags.read(text, number.end) : -1;
    if (end === -1) return readSlowly(text, start, metric, atMs);
    tailAt = number.end;
    tailLength = end - tailAt;
    if (metric.isRead || metric.isWanted) tell(metric, atMs, number.value);
    return end + 1;
  }

  function tell(metric: KnownMetric, atMs: EpochMs, value: number): void {
    if (metric.isWanted) declare(metric);
    const { tags: own, vu, call } = tags.last;
    teller.take(metric.name, { atMs, value, tags: own, vu, call }, metric.isWanted);
  }

  /** k6 says nothing of its metrics here. */
  function declare(metric: KnownMetric): void {
    if (metric.isDeclared) return;
    metric.isDeclared = true;
    const kind = BUILTIN_METRICS.get(metric.name);
    if (kind !== undefined) onRow({ kind: 'declared', metric: metric.name, ...kind });
  }

  /** The metric of a row, known by the bytes of its name. */
  function metricAt(text: Buffer, start: number): KnownMetric | undefined {
    const candidates = table[text[start] ?? 0];
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (standsAt(text, start, candidate.bytes)) return candidate;
    return undefined;
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
    tailLength = 0;
    const record = parseCsvRecord(text, start);
    if (record === undefined) return -1;
    if (!metric.isRead && !metric.isWanted) return record.end;
    const fields = record.fields.slice(FIRST_COLUMNS);
    const value = Number(record.fields[2] ?? NaN);
    if (fields.length === tags.columns.length && !Number.isNaN(value + atMs)) {
      tags.take(fields);
      tell(metric, atMs, value);
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
  const metrics = new Map(
    [...READ_METRICS, ...BUILTIN_METRICS.keys()].map((name): [string, KnownMetric] => [
      name,
      {
        name,
        bytes: Buffer.from(`${name},`, 'latin1'),
        isWanted: wanted.has(name),
        isRead: READ_METRICS.includes(name),
        next: undefined,
        isFirst: false,
        isDeclared: false,
      },
    ]),
  );
  for (const names of SERIES) {
    const series = names.flatMap((name) => metrics.get(name) ?? []);
    for (const [index, metric] of series.entries()) {
      metric.isFirst = index === 0;
      metric.next = series[index + 1];
    }
  }
  const table: KnownMetric[][] = [];
  for (const metric of metrics.values()) (table[metric.bytes[0] ?? 0] ??= []).push(metric);
  return table;
}
