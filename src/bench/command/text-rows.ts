import type { EpochMs } from '../../shared/time.js';
import { createEndpointNames } from '../process/endpoint-names.js';
import { noMetricColumns } from '../process/metric-columns.js';
import type { RefusedRows } from '../process/row-messages.js';
import { createColumnWriter } from '../process/sample-columns.js';
import type { RowSource } from '../process/serve-rows.js';
import type { RowFormat } from '../row-format.js';
import { createCsvSplitter } from './split-csv.js';
import { createLineSplitter } from './split-lines.js';
import { createRowReader, type CommandTimes, type RowSample } from './read-row.js';

/** A command of whose first rows none can be read writes something else than was said. */
const MOST_UNREADABLE = 20;
const SHOWN_LETTERS = 120;
const REMEDY = 'correct load.command.format, or let the command print nothing but its rows to stdout';

export type TextFormat = Exclude<RowFormat, { readonly kind: 'k6-json' }>;

/** The value of a field of one row; the names of all columns where the row has them; nothing where there is no row yet. */
type Fields =
  | { readonly kind: 'row'; readonly valueOf: (field: string) => unknown }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'none' };

/**
 * Samples from CSV or from lines of JSON.
 *
 * @param times asked when a row is there: its command has been started by then
 */
export function createTextRows(format: TextFormat, times: () => CommandTimes): RowSource {
  const readRow = createRowReader(format.fields);
  const fieldsOf = format.kind === 'csv' ? csvFields(format) : jsonFields;
  const endpoints = createEndpointNames();
  const columns = createColumnWriter();
  let line = 0;
  let read = 0;
  let unreadable = 0;
  let firstUnreadable: string | undefined;
  let refused: RefusedRows | undefined;
  let readyAtMs: EpochMs | undefined;
  let latestMs = 0;

  const lines = createLineSplitter((text) => {
    line += 1;
    if (refused === undefined) takeLine(text);
  });

  function takeLine(text: string): void {
    const fields = fieldsOf(text);
    switch (fields.kind) {
      case 'none':
        return;
      case 'refused':
        refuse(fields.reason);
        return;
      case 'unreadable':
        passOver(fields.reason, text);
        return;
      case 'row':
        takeRow(fields.valueOf, text);
        return;
    }
  }

  function takeRow(valueOf: (field: string) => unknown, text: string): void {
    const row = readRow(valueOf, times());
    if (row.status === 'no-start') refuse(`it has no "${format.fields.start.field}"${shown(text)}`);
    else if (row.status === 'unreadable') passOver(row.reason, text);
    else add(row.sample);
  }

  function add({ startMs, latencyMs, endpoint, result }: RowSample): void {
    read += 1;
    readyAtMs ??= startMs;
    latestMs = Math.max(latestMs, startMs + latencyMs);
    columns.add(startMs, latencyMs * 1000, endpoints.indexOf(endpoint), result);
  }

  function passOver(reason: string, text: string): void {
    unreadable += 1;
    firstUnreadable ??= `line ${line}: ${reason}${shown(text)}`;
    if (read > 0 || unreadable < MOST_UNREADABLE) return;
    refused = {
      reason: `none of the first ${MOST_UNREADABLE} rows of the command can be read; ${firstUnreadable}`,
      remedy: REMEDY,
    };
  }

  function refuse(reason: string): void {
    refused = { reason: `line ${line} of what the command printed is no row: ${reason}`, remedy: REMEDY };
  }

  return {
    push: (bytes) => {
      lines.push(bytes);
    },
    end: () => {
      lines.end();
    },
    collect: () => ({
      ...columns.take(),
      newEndpoints: endpoints.takeNew(),
      newMetrics: [],
      metrics: noMetricColumns(),
      dropped: [],
      readyAtMs,
      latestMs,
      oldestOpenMs: undefined,
    }),
    open: () => [],
    unreadable: () => ({
      count: unreadable,
      ...(firstUnreadable === undefined ? {} : { first: firstUnreadable }),
    }),
    refused: () => refused,
  };
}

function jsonFields(line: string): Fields {
  if (line.trim() === '') return { kind: 'none' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'unreadable', reason: 'it is no JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'unreadable', reason: 'it is no JSON object' };
  }
  const object = value as Readonly<Record<string, unknown>>;
  return { kind: 'row', valueOf: (field) => (Object.hasOwn(object, field) ? object[field] : undefined) };
}

function csvFields(format: TextFormat & { readonly kind: 'csv' }): (line: string) => Fields {
  const rows = createCsvSplitter(format.delimiter);
  let columns = format.columns === undefined ? undefined : indexesOf(format.columns);
  return (line) => {
    if (line === '' && !rows.isOpen()) return { kind: 'none' };
    const values = rows.take(line);
    if (values === 'goes-on') return { kind: 'none' };
    if (values === 'unreadable') return { kind: 'unreadable', reason: 'its quotes are not those of CSV' };
    if (columns === undefined) {
      columns = indexesOf(values.map((name) => name.replace(/^\uFEFF/, '').trim()));
      const missing = namesOf(format).filter((name) => columns?.has(name) !== true);
      if (missing.length === 0) return { kind: 'none' };
      const has = values.length > 1 ? `; it has ${values.join(', ')}` : '';
      return { kind: 'refused', reason: `the header has no column "${missing.join('", "')}"${has}` };
    }
    const known = columns;
    return { kind: 'row', valueOf: (field) => values[known.get(field) ?? -1] };
  };
}

function indexesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

/** The columns that are read. */
function namesOf({ fields }: TextFormat): readonly string[] {
  const { start, duration, success, endpoint } = fields;
  return [
    ...new Set([start.field, duration.field, success.field, ...(endpoint === undefined ? [] : [endpoint])]),
  ];
}

function shown(text: string): string {
  if (text.trim() === '') return '';
  return `: ${text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text}`;
}
