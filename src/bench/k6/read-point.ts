import type { EpochMs } from '../../shared/time.js';
import type { PointBuffer } from './create-point.js';
import { CALL_KEY } from './instrument-requests.js';
import { createRowTimeParser } from './parse-row-time.js';
import {
  createTimeBytes,
  type NumberBytes,
  readDecimal,
  readQuotedBackwards,
  standsAt,
} from './row-bytes.js';
import { readTags } from './read-tags.js';
import type { RowTags } from './row-taker.js';

export const METRIC = '{"metric":"';
const POINT = '","type":"Point","data":{"time":"';
const VALUE = ',"value":';
const TAGS = ',"tags":';
const METADATA = '},"metadata":{';
const VALUE_BYTES = Buffer.from(VALUE);
const TAGS_BYTES = Buffer.from(TAGS);
const METADATA_BYTES = Buffer.from(METADATA);
const CALL_BYTES = Buffer.from(`"${CALL_KEY}":`);
const VU_BYTES = Buffer.from('"vu":');
const ROW_END = Buffer.from('}}}');
const COMMA = 0x2c;
const QUOTE = 0x22;
/** `2026-11-23T06:10:59` */
const SECOND_LENGTH = 19;
const KNOWN_TAGS = 4_000;
/** Reads a row from start to before end, whose metric has a name of so many bytes; false where it is not as k6 writes it. */
export type PointReader = (text: Buffer, start: number, end: number, nameLength: number) => boolean;

/** What is used of a metric's rows: of some no tags, of some nothing but the value. */
export type PointNeeds = 'all' | 'vu' | 'value';

/** The tags that rows of a metric had last: mostly the next has the same. */
interface LastTags {
  readonly bytes: Buffer;
  readonly tags: RowTags;
}

/**
 * Reads rows into a point without making text of them, where they are as k6 mostly writes them: in the second of the row before, with tags
 * that have been seen, and no metadata but those of the harness. All others are read as text; tags as JSON, once.
 */
export function createPointReader(into: PointBuffer, needs: PointNeeds): PointReader {
  const timeOf = createRowTimeParser();
  const times = createTimeBytes();
  const knownTags = new Map<string, RowTags>();
  const number: NumberBytes = { value: 0, end: 0 };
  let lastTags: LastTags | undefined;

  const tagsOf = (json: string): RowTags => {
    let tags = knownTags.get(json);
    if (tags === undefined) {
      tags = readTags(JSON.parse(Buffer.from(json, 'latin1').toString()) as Record<string, string>);
      // Somebody may put a number into a name: forgetting all is cheaper than keeping order.
      if (knownTags.size >= KNOWN_TAGS) knownTags.clear();
      knownTags.set(json, tags);
    }
    return tags;
  };

  function fill(atMs: EpochMs, value: number, tags: RowTags, vu: number, call: number): true {
    into.atMs = atMs;
    into.value = value;
    into.tags = tags;
    into.vu = vu;
    into.call = call;
    return true;
  }

  function readText(text: Buffer, start: number, end: number, nameLength: number): boolean {
    const row = text.toString('latin1', start, end);
    const nameEnd = METRIC.length + nameLength;
    const timeAt = nameEnd + POINT.length;
    const timeEnd = row.indexOf('"', timeAt);
    const valueAt = timeEnd + 1 + VALUE.length;
    const tagsKey = row.indexOf(`${TAGS}{`, valueAt);
    const isPoint =
      row.startsWith(METRIC) && row.startsWith(POINT, nameEnd) && row.startsWith(VALUE, timeEnd + 1);
    if (!isPoint || tagsKey === -1) return false;
    const tagsAt = tagsKey + TAGS.length;
    // No text within JSON can look like this: its quotes would be escaped.
    const metadataKey = row.indexOf(METADATA, tagsAt);
    const tagsEnd = metadataKey === -1 ? row.length - 2 : metadataKey + 1;
    const metadata = metadataKey === -1 ? '' : row.slice(metadataKey);
    const atMs = timeOf(row.slice(timeAt, timeEnd));
    if (row.charAt(timeEnd - 1) === 'Z') times.learn(text, start + timeAt, atMs);
    const tags = tagsOf(row.slice(tagsAt, tagsEnd));
    lastTags = { bytes: Buffer.from(text.subarray(start + tagsAt, start + tagsEnd)), tags };
    const vu = numberAfter(metadata, '"vu":"');
    const call = numberAfter(metadata, `"${CALL_KEY}":"`);
    return fill(atMs, Number(row.slice(valueAt, tagsKey)), tags, vu, call);
  }

  /** The value alone, whatever the time and the tags are. */
  function readValue(text: Buffer, start: number, end: number, nameLength: number): boolean {
    let at = start + METRIC.length + nameLength + POINT.length + SECOND_LENGTH;
    while (at < end && text[at] !== QUOTE) at++;
    const isValue = standsAt(text, at + 1, VALUE_BYTES) && readDecimal(text, at + 1 + VALUE.length, number);
    if (!isValue) return readText(text, start, end, nameLength);
    into.value = number.value;
    return true;
  }

  return (text, start, end, nameLength) => {
    if (needs === 'value') return readValue(text, start, end, nameLength);
    // That the second is known, and stands where k6 writes it, says enough of what stands before.
    const timeAt = start + METRIC.length + nameLength + POINT.length;
    if (lastTags === undefined || !times.read(text, timeAt, number))
      return readText(text, start, end, nameLength);
    const atMs = number.value;
    const valueAt = number.end + 1 + VALUE.length;
    const isDecimal = standsAt(text, number.end + 1, VALUE_BYTES) && readDecimal(text, valueAt, number);
    if (!isDecimal) return readText(text, start, end, nameLength);
    const { value, end: tagsKey } = number;
    const tagsAt = tagsKey + TAGS.length;
    const { bytes, tags } = lastTags;
    const tagsEnd = tagsAt + bytes.length;
    const hasThese = needs === 'vu' || (standsAt(text, tagsKey, TAGS_BYTES) && standsAt(text, tagsAt, bytes));
    if (!hasThese) return readText(text, start, end, nameLength);
    if (needs === 'all' && tagsEnd + 2 === end) return fill(atMs, value, tags, 0, 0);
    // From behind: the call, where there is one, stands in front of the virtual user.
    const isOfUser =
      standsAt(text, end - ROW_END.length, ROW_END) &&
      readQuotedBackwards(text, end - ROW_END.length - 1, number) &&
      standsAt(text, number.end - VU_BYTES.length, VU_BYTES);
    if (!isOfUser) return readText(text, start, end, nameLength);
    const vu = number.value;
    if (needs === 'vu') return fill(atMs, value, tags, vu, 0);
    const vuKey = number.end - VU_BYTES.length;
    const metadataAt = tagsEnd - 1 + METADATA.length;
    if (!standsAt(text, tagsEnd - 1, METADATA_BYTES)) return readText(text, start, end, nameLength);
    if (vuKey === metadataAt) return fill(atMs, value, tags, vu, 0);
    const hasCall =
      text[vuKey - 1] === COMMA &&
      readQuotedBackwards(text, vuKey - 2, number) &&
      number.end - CALL_BYTES.length === metadataAt &&
      standsAt(text, metadataAt, CALL_BYTES);
    return hasCall ? fill(atMs, value, tags, vu, number.value) : readText(text, start, end, nameLength);
  };
}

function numberAfter(metadata: string, key: string): number {
  const at = metadata.indexOf(key);
  if (at === -1) return 0;
  return Number(metadata.slice(at + key.length, metadata.indexOf('"', at + key.length)));
}
