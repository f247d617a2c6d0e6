import type { EpochMs } from '../../shared/time.js';
import { BUILTIN_METRICS } from './builtin-metrics.js';
import { createPoint } from './create-point.js';
import { byFirstByte, type KnownMetric, knownMetrics } from './csv-metrics.js';
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
import type { RowScanner, RowTaker } from './row-taker.js';
import { createPointTeller } from './tell-points.js';

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

/**
 * Reads the rows of k6's CSV output, whose times are nanoseconds since 1970. The rows of one request stand together and
 * are alike but for name and value: where one of them ends says where the next ones end.
 *
 * @param wanted built-in metrics whose samples are told
 */
export function createCsvScanner(taker: RowTaker, wanted: ReadonlySet<string> = new Set()): RowScanner {
  const metrics = knownMetrics(wanted);
  const table = byFirstByte(metrics);
  const teller = createPointTeller(taker);
  const point = createPoint();
  const tags = createCsvTags(point);
  /** A row that was cut. */
  let rest: Buffer = Buffer.alloc(0);
  let unreadable = 0;
  /** Where the last line ends of what is being read. */
  let lastNewline = -1;
  /** Of the row whose tags were read last, what follows its value. */
  let tailAt = 0;
  let tailLength = 0;
  const number: NumberBytes = { value: 0, end: 0 };

  function push(bytes: Uint8Array): void {
    let text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    if (rest.length > 0) {
      start = text.indexOf(NEWLINE) + 1;
      const cut = Buffer.concat([rest, text.subarray(0, start)]);
      if (readAll(cut, 0) < cut.length) {
        text = Buffer.concat([rest, text]); // it goes on after a line break within quotes
        start = 0;
      }
    }
    rest = Buffer.from(text.subarray(readAll(text, start)));
  }

  /** Reads the rows that have ended. Returns where the others begin. */
  function readAll(text: Buffer, start: number): number {
    lastNewline = text.lastIndexOf(NEWLINE);
    let at = start;
    while (at <= lastNewline) {
      const next = readRows(text, at);
      if (next === -1) break; // it goes on after a line break within quotes
      at = next;
    }
    return at;
  }

  /** Reads a row and those that follow it with the same tags. Returns where the next begins; -1 where it has not ended. */
  function readRows(text: Buffer, start: number): number {
    const metric = metricAt(text, start);
    if (metric === undefined) return readOther(text, start);
    if (!metric.isRead && !metric.isFirst) return endOf(text, start);
    let at = readFirst(text, start, metric);
    for (let next = metric.next; next !== undefined && tailLength > 0 && at !== -1; next = next.next) {
      const end = endOfNext(text, at, next);
      if (end === -1 || (next.isRead && !readNext(text, at, end, next))) break;
      at = end + 1;
    }
    return at;
  }

  /** Where a row ends that is like the one before but for name and value; -1 where it is not. */
  function endOfNext(text: Buffer, start: number, { length, firstByte, lastByte }: KnownMetric): number {
    const valueAt = start + length + TIME_DIGITS + 1;
    // One byte read behind the end would make all reading of bytes slower from then on.
    if (valueAt + MOST_WHOLE_DIGITS > lastNewline) return -1;
    let dotAt = valueAt + 1;
    while (text[dotAt] !== DOT) if (++dotAt > valueAt + MOST_WHOLE_DIGITS) return -1;
    const valueEnd = dotAt + 1 + DECIMALS;
    const end = valueEnd + tailLength;
    const isAlike =
      end <= lastNewline &&
      text[start] === firstByte &&
      text[start + length - 2] === lastByte &&
      text[start + length - 1] === COMMA &&
      text[valueAt - 1] === COMMA &&
      text[valueEnd] === COMMA &&
      text[end] === NEWLINE;
    return isAlike ? end : -1;
  }

  /** Reads a row with the tags of the one before; false where it is not as it should be then. */
  function readNext(text: Buffer, start: number, end: number, metric: KnownMetric): boolean {
    const timeAt = start + metric.length;
    const valueAt = timeAt + TIME_DIGITS + 1;
    const valueEnd = end - tailLength;
    const isValue = readDecimal(text, valueAt, number) && number.end === valueEnd;
    const atMs = isValue ? readTime(text, timeAt) : NaN;
    if (Number.isNaN(atMs) || !hasSameTail(text, valueEnd) || !standsAt(text, start, metric.bytes))
      return false;
    tell(metric, atMs, number.value);
    return true;
  }

  function hasSameTail(text: Buffer, at: number): boolean {
    for (let index = tailLength - 1; index > 0; index--) {
      if (text[at + index] !== text[tailAt + index]) return false;
    }
    return true;
  }

  function readFirst(text: Buffer, start: number, metric: KnownMetric): number {
    const timeAt = start + metric.length;
    const valueAt = timeAt + TIME_DIGITS + 1;
    const atMs = metric.isRead ? readTime(text, timeAt) : 0;
    const isRead = !Number.isNaN(atMs) && readDecimal(text, valueAt, number) && text[number.end] === COMMA;
    const end = isRead ? tags.read(text, number.end, metric) : -1;
    if (end === -1) return readSlowly(text, start, metric, atMs);
    tailAt = number.end;
    tailLength = end - tailAt;
    if (metric.isRead) tell(metric, atMs, number.value);
    return end + 1;
  }

  function tell(metric: KnownMetric, atMs: EpochMs, value: number): void {
    point.atMs = atMs;
    point.value = value;
    if (metric.isWanted) declare(metric);
    teller.take(metric.name, point, metric.isWanted);
  }

  /** k6 says nothing of its metrics here. */
  function declare(metric: KnownMetric): void {
    if (metric.isDeclared) return;
    metric.isDeclared = true;
    const kind = BUILTIN_METRICS.get(metric.name);
    if (kind !== undefined) taker.declared({ name: metric.name, ...kind });
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
      for (const metric of metrics) metric.lastTags = undefined;
      return record.end;
    }
    return endOf(text, start);
  }

  /** A row with quotes, or with a value of another form. */
  function readSlowly(text: Buffer, start: number, metric: KnownMetric, atMs: EpochMs): number {
    tailLength = 0;
    const record = parseCsvRecord(text, start);
    if (record === undefined) return -1;
    if (!metric.isRead) return record.end;
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
