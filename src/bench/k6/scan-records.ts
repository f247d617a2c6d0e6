import { METRIC_CONTENTS, METRIC_TYPES } from '../metric-series.js';
import { createPoint } from './create-point.js';
import { NOT_NUMBERED } from './instrument-requests.js';
import { readTags } from './read-tags.js';
import type { RowScanner, RowTags, RowTaker } from './row-taker.js';

/** What the records begin with; the last byte is the version of their format. */
export const RECORDS_MAGIC = Buffer.from('PLK6\u0002', 'latin1');

/** The kinds of records, as `k6-extension/records.go` has them: their first byte. */
const KIND = {
  tags: 1,
  metric: 2,
  request: 3,
  sent: 4,
  over: 5,
  dropped: 6,
  ready: 7,
  tick: 8,
  sample: 9,
} as const;

/** How long each is, with its kind; JSON may follow. */
const LENGTHS: readonly number[] = [0, 9, 9, 33, 17, 13, 17, 9, 9, 25];

/** Thrown where bytes are no records, or those of another version. */
export class UnknownRecords extends Error {}

/**
 * Reads the records of k6 with Plimsoll's extension: little-endian, times in milliseconds since 1970. They name no virtual
 * user: a call that is told of has a number of its own. Throws UnknownRecords from push().
 */
export function createRecordScanner(taker: RowTaker): RowScanner {
  const point = createPoint();
  /** By their number, until another set is told to have it. */
  const tagsOf: RowTags[] = [];
  const metricOf: string[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  let hasBegun = false;

  function push(bytes: Uint8Array): void {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    let at = 0;
    if (!hasBegun) {
      if (all.length < RECORDS_MAGIC.length) {
        rest = Uint8Array.from(all);
        return;
      }
      if (!RECORDS_MAGIC.equals(all.subarray(0, RECORDS_MAGIC.length))) throw new UnknownRecords();
      hasBegun = true;
      at = RECORDS_MAGIC.length;
    }
    for (;;) {
      const end = endOf(view, at);
      if (end === undefined) break;
      take(view, at + 1, end);
      at = end;
    }
    rest = Uint8Array.from(all.subarray(at));
  }

  /** @param at behind the kind */
  function take(view: DataView, at: number, end: number): void {
    switch (view.getUint8(at - 1)) {
      case KIND.tags:
        tagsOf[number(view, at)] = readTags(json(view, at + 8, end) as Record<string, string>);
        return;
      case KIND.metric:
        takeMetric(number(view, at), json(view, at + 8, end) as MetricRecord);
        return;
      case KIND.request:
        takeCall(view, at);
        point.value = float(view, at + 24);
        taker.request(point, float(view, at + 16));
        return;
      case KIND.sent:
        takeCall(view, at);
        point.value = NOT_NUMBERED;
        taker.sent(point);
        return;
      case KIND.over:
        point.call = number(view, at);
        point.atMs = float(view, at + 4);
        taker.over(point);
        return;
      case KIND.dropped:
        point.atMs = float(view, at);
        point.value = float(view, at + 8);
        taker.dropped(point);
        return;
      case KIND.ready:
        point.atMs = float(view, at);
        taker.ready(point);
        return;
      case KIND.tick:
        point.atMs = float(view, at);
        taker.tick(point);
        return;
      case KIND.sample: {
        const metric = metricOf[number(view, at)];
        if (metric === undefined) throw new UnknownRecords();
        point.tags = knownTags(number(view, at + 4));
        point.atMs = float(view, at + 8);
        point.value = float(view, at + 16);
        taker.metric(metric, point);
        return;
      }
    }
  }

  /** What a request and its being sent have in common. */
  function takeCall(view: DataView, at: number): void {
    point.tags = knownTags(number(view, at));
    point.call = number(view, at + 4);
    point.atMs = float(view, at + 8);
  }

  function takeMetric(index: number, { name, type, contains }: MetricRecord): void {
    metricOf[index] = name;
    taker.declared({
      name,
      type: METRIC_TYPES.find((one) => one === type) ?? 'trend',
      contains: METRIC_CONTENTS.find((one) => one === contains) ?? 'default',
    });
  }

  function knownTags(index: number): RowTags {
    const tags = tagsOf[index];
    if (tags === undefined) throw new UnknownRecords();
    return tags;
  }

  return { push, unreadable: 0 };
}

interface MetricRecord {
  readonly name: string;
  readonly type: string;
  readonly contains: string;
}

/** Where the record ends; undefined where it has not ended yet. */
function endOf(view: DataView, at: number): number | undefined {
  if (at >= view.byteLength) return undefined;
  const kind = view.getUint8(at);
  const length = LENGTHS[kind];
  if (length === undefined || length === 0) throw new UnknownRecords();
  let end = at + length;
  if (end > view.byteLength) return undefined;
  if (kind === KIND.tags || kind === KIND.metric) end += number(view, at + 5);
  return end > view.byteLength ? undefined : end;
}

function number(view: DataView, at: number): number {
  return view.getUint32(at, true);
}

function float(view: DataView, at: number): number {
  return view.getFloat64(at, true);
}

function json(view: DataView, start: number, end: number): unknown {
  const bytes = Buffer.from(view.buffer, view.byteOffset + start, end - start);
  return JSON.parse(bytes.toString('utf8'));
}
