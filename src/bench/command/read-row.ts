import type { DurationMs, EpochMs } from '../../shared/time.js';
import { createRowTimeParser } from '../k6/parse-row-time.js';
import type { RowFields, TimeUnit } from '../row-format.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../sample-batch.js';

/** A request as a row tells of it, on the wall clock. */
export interface RowSample {
  readonly startMs: EpochMs;
  readonly latencyMs: DurationMs;
  readonly result: number;
  readonly endpoint: string;
}

export type ReadRow =
  | { readonly status: 'read'; readonly sample: RowSample }
  | { readonly status: 'unreadable'; readonly reason: string }
  /** Nobody can say when its request was: the description of the format is wrong, or the rows are others. */
  | { readonly status: 'no-start' };

/** When the command was started, by the wall clock, and how long its load may last. */
export interface CommandTimes {
  readonly startedMs: EpochMs;
  readonly maxDurationMs: DurationMs;
}

/** Requests lie between the start of their command and its end; clocks and rounding get this much. */
const SLACK_MS: DurationMs = 60_000;
const PER_MS: Readonly<Record<TimeUnit, number>> = { ns: 1e6, us: 1e3, ms: 1, s: 1e-3 };
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const ALL_REQUESTS = 'requests';

/** Reads rows by their fields; `valueOf` gives the value of a field, undefined where the row has none. */
export function createRowReader(
  fields: RowFields,
): (valueOf: (field: string) => unknown, times: CommandTimes) => ReadRow {
  const timeOf = createRowTimeParser();
  const { start, duration, success, endpoint } = fields;
  const startOf = (value: unknown, startedMs: EpochMs): number => {
    if (start.unit === 'rfc3339') {
      return typeof value === 'string' && RFC3339.test(value) ? timeOf(value) : NaN;
    }
    return numberOf(value) / PER_MS[start.unit] + (start.epoch === 'command' ? startedMs : 0);
  };

  return (valueOf, { startedMs, maxDurationMs }) => {
    const startValue = valueOf(start.field);
    if (isNothing(startValue)) return { status: 'no-start' };
    const startMs = startOf(startValue, startedMs);
    if (!Number.isFinite(startMs)) return unreadable(start.field, startValue, whatStartIs(start.unit));
    if (startMs < startedMs - SLACK_MS || startMs > startedMs + maxDurationMs + SLACK_MS) {
      return unreadable(start.field, startValue, `a time while the command ran: ${dateOf(startMs)}`);
    }
    const durationValue = valueOf(duration.field);
    const latencyMs = numberOf(durationValue) / PER_MS[duration.unit];
    if (!(latencyMs >= 0 && latencyMs <= maxDurationMs + 2 * SLACK_MS)) {
      return unreadable(
        duration.field,
        durationValue,
        `a duration in ${duration.unit} within that of the run`,
      );
    }
    const successValue = valueOf(success.field);
    const result = success.by === 'ok' ? resultOfOk(successValue) : resultOfStatus(successValue);
    if (result === undefined) return unreadable(success.field, successValue, 'true or false');
    const name = endpoint === undefined ? ALL_REQUESTS : valueOf(endpoint);
    const isNamed = typeof name === 'string' && name !== '';
    return {
      status: 'read',
      sample: { startMs, latencyMs, result, endpoint: isNamed ? name : ALL_REQUESTS },
    };
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** NaN for what is no number. Number() alone takes an empty text for 0. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

function resultOfOk(value: unknown): number | undefined {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1') return RESULT_OK;
  return text === 'false' || text === '0' ? RESULT_FAILED_RESPONSE : undefined;
}

/** Programs write 0, nothing, or the words of an error where there was no response. */
function resultOfStatus(value: unknown): number {
  const status = numberOf(value);
  if (!(status >= 100 && status <= 599)) return RESULT_NO_RESPONSE;
  return status >= 200 && status < 400 ? RESULT_OK : RESULT_FAILED_RESPONSE;
}

function whatStartIs(unit: RowFields['start']['unit']): string {
  return unit === 'rfc3339' ? 'a time like 2026-11-23T06:10:59.182Z' : `a number of ${unit}`;
}

function unreadable(field: string, value: unknown, wanted: string): ReadRow {
  const found = value === undefined ? 'missing' : JSON.stringify(value);
  return { status: 'unreadable', reason: `"${field}" is ${found}, not ${wanted}` };
}

function dateOf(atMs: EpochMs): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? 'it is out of all calendars' : `it is ${date.toISOString()}`;
}
