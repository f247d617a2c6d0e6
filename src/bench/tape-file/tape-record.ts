import type { EpochMs } from '../../shared/time.js';
import type { Endpoint } from '../endpoint-table.js';
import { NO_TAGS } from '../endpoint-table.js';
import type { MetricSeries } from '../metric-series.js';
import { METRIC_CONTENTS, METRIC_TYPES } from '../metric-series.js';
import type { MetricPart } from '../metric-tally.js';
import type { Second, SlicePhase } from '../second.js';
import { SLICE_PHASES } from '../second.js';
import { readMetricParts, writeMetricParts } from './metric-record.js';
import { readSecond, writeSecond } from './second-record.js';

/** What goes on in a tape, in the order in which it was written. */
export type TapeRecord =
  | { readonly type: 'header'; readonly version: number; readonly runId: string }
  | { readonly type: 'border'; readonly phase: SlicePhase; readonly atMs: EpochMs }
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint }
  | { readonly type: 'metric'; readonly series: MetricSeries }
  | { readonly type: 'second'; readonly second: Second }
  /** The metrics of the second behind it. */
  | { readonly type: 'values'; readonly metrics: readonly MetricPart[] }
  | { readonly type: 'end'; readonly atMs: EpochMs };

/** Version 1 knows no tags of an endpoint, and no metrics; all else is the same. */
export const TAPE_VERSION = 2;
export const OLDEST_TAPE_VERSION = 1;

const TYPES = {
  header: 'H',
  border: 'B',
  endpoint: 'N',
  metric: 'M',
  second: 'S',
  values: 'V',
  end: 'E',
} as const;

/** A letter that says what it is, then JSON; for a second and its metrics, which there are most of, binary fields. */
export function writeRecord(record: TapeRecord): Buffer {
  const letter = Buffer.from(TYPES[record.type], 'latin1');
  return Buffer.concat([letter, writeFields(record)]);
}

function writeFields(record: TapeRecord): Buffer {
  switch (record.type) {
    case 'header':
      return toJson({ version: record.version, runId: record.runId });
    case 'border':
      return toJson({ phase: record.phase, atMs: record.atMs });
    case 'endpoint':
      return toJson(endpointFields(record.endpoint));
    case 'metric':
      return toJson(record.series);
    case 'second':
      return writeSecond(record.second);
    case 'values':
      return writeMetricParts(record.metrics);
    case 'end':
      return toJson({ atMs: record.atMs });
  }
}

function toJson(fields: object): Buffer {
  return Buffer.from(JSON.stringify(fields));
}

/**
 * Reads what `writeRecord` wrote; undefined for a record of a type that came later.
 * @throws {RangeError} where its fields are no such record.
 */
export function readRecord(body: Buffer): TapeRecord | undefined {
  const rest = body.subarray(1);
  switch (body.toString('latin1', 0, 1)) {
    case TYPES.header: {
      const { version, runId } = readFields(rest);
      if (typeof version !== 'number' || typeof runId !== 'string')
        throw new RangeError('a header lacks fields');
      return { type: 'header', version, runId };
    }
    case TYPES.border: {
      const { phase, atMs } = readFields(rest);
      const known = SLICE_PHASES.find((one) => one === phase);
      if (known === undefined || typeof atMs !== 'number') throw new RangeError('a border is none');
      return { type: 'border', phase: known, atMs };
    }
    case TYPES.endpoint: {
      const { name, tags } = readFields(rest);
      if (typeof name !== 'string') throw new RangeError('an endpoint has no name');
      return { type: 'endpoint', endpoint: { name, tags: tags === undefined ? NO_TAGS : readTags(tags) } };
    }
    case TYPES.metric:
      return { type: 'metric', series: readSeries(readFields(rest)) };
    case TYPES.second:
      return { type: 'second', second: readSecond(rest) };
    case TYPES.values:
      return { type: 'values', metrics: readMetricParts(rest) };
    case TYPES.end: {
      const { atMs } = readFields(rest);
      if (typeof atMs !== 'number') throw new RangeError('the end has no time');
      return { type: 'end', atMs };
    }
    default:
      return undefined;
  }
}

function endpointFields({ name, tags }: Endpoint): object {
  return Object.keys(tags).length === 0 ? { name } : { name, tags };
}

function readSeries({ name, tags, type, contains }: Readonly<Record<string, unknown>>): MetricSeries {
  const [knownType, knownContents] = [
    METRIC_TYPES.find((one) => one === type),
    METRIC_CONTENTS.find((one) => one === contains),
  ];
  if (typeof name !== 'string' || knownType === undefined || knownContents === undefined) {
    throw new RangeError('a metric is none');
  }
  return { name, tags: readTags(tags), type: knownType, contains: knownContents };
}

function readTags(tags: unknown): Readonly<Record<string, string>> {
  const isTags =
    typeof tags === 'object' &&
    tags !== null &&
    Object.values(tags).every((value) => typeof value === 'string');
  if (!isTags) throw new RangeError('tags are none');
  return tags as Record<string, string>;
}

function readFields(text: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch {
    throw new RangeError('a record is no JSON');
  }
  if (typeof value !== 'object' || value === null) throw new RangeError('a record has no fields');
  return value as Record<string, unknown>;
}
