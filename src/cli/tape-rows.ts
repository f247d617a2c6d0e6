import { type EndpointTags, NO_TAGS } from '../bench/endpoint-table.js';
import { createRecorder, distributionOf } from '../bench/histogram.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { metricSlicesOf } from '../bench/measure-metrics.js';
import { toSumDocument } from '../bench/metric-document.js';
import type { MetricSlice } from '../bench/metric-measurement.js';
import { OUTCOMES } from '../bench/samples/sample-columns.js';
import { addPart, type Part, type Second } from '../bench/second.js';
import { secondsWithin } from '../bench/tape-file/measure-tape.js';
import { createParquetFile } from '../bench/samples/write-parquet.js';
import type { StoredTape } from '../bench/tape-file/stored-tape.js';
import type { EpochMs } from '../shared/time.js';

/** What of a tape is asked for. */
export interface TapeChoice {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly endpoint?: string;
}

const COLUMNS = [
  'startMs',
  'endMs',
  'phase',
  'membership',
  'endpoint',
  'outcome',
  'requests',
  'dropped',
  'meanMs',
  'p50Ms',
  'p90Ms',
  'p95Ms',
  'p99Ms',
  'p999Ms',
  'maxMs',
] as const;

const TEXTS: ReadonlySet<string> = new Set(['phase', 'membership', 'endpoint', 'outcome']);

/** The requests of one second that have phase, membership, endpoint and outcome in common; or its dropped iterations. */
export type TapeRow = Readonly<Record<(typeof COLUMNS)[number], string | number | null>> & {
  /** HDR V2, compressed, base64. */
  readonly histogram: string;
  /** Those that objectives name; none where they name none. */
  readonly tags?: EndpointTags;
};

/** What the samples of one metric in one second and phase add up to. */
interface TapeMetric extends MetricSlicePlace {
  readonly metric: string;
  readonly tags: EndpointTags;
  readonly samples: number;
  readonly refused: number;
  readonly trues: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
  /** HDR V2, compressed, base64, of a Trend; in thousandths, or in bytes. */
  readonly histogram: string;
}

type MetricSlicePlace = Pick<MetricSlice, 'startMs' | 'endMs' | 'phase'>;

const NAMELESS = { name: '', tags: NO_TAGS };

/** A row for each of them, the columns named in the first. */
export function tapeCsv(tape: StoredTape, choice: TapeChoice): string {
  const rows = tapeRows(tape, choice).map((row) => COLUMNS.map((column) => toField(row[column])).join(','));
  return [COLUMNS.join(','), ...rows, ''].join('\n');
}

/** The same as a Parquet file. */
export function writeTapeParquet(path: string, tape: StoredTape, choice: TapeChoice): void {
  const rows = tapeRows(tape, choice);
  const columns = COLUMNS.map((name) => ({ name, type: TEXTS.has(name) ? 'STRING' : 'DOUBLE' }) as const);
  const file = createParquetFile(path, columns, { 'plimsoll.dev/run': tape.runId });
  file.append(columns.map((column) => ({ ...column, data: rows.map((row) => row[column.name]) })));
  file.close();
}

/** The same as a document, with the histograms. */
export function exportTape(tape: StoredTape, choice: TapeChoice) {
  return {
    runId: tape.runId,
    startMs: tape.spans[0]?.startMs ?? null,
    endMs: tape.endMs,
    ending: tape.ending,
    windows: tape.spans
      .filter(({ phase }) => phase !== 'transition')
      .map(({ phase, startMs, endMs }) => ({ phase, startMs, endMs: Math.min(endMs, tape.endMs) })),
    rows: tapeRows(tape, choice),
    metrics: tapeMetrics(tape, choice),
  };
}

function tapeRows(tape: StoredTape, { fromMs, toMs, endpoint }: TapeChoice): readonly TapeRow[] {
  return secondsWithin(tape, fromMs, toMs).flatMap((second) => [
    ...second.parts
      .map((part) => ({ part, ...(tape.endpoints[part.endpoint] ?? NAMELESS) }))
      .filter(({ name }) => endpoint === undefined || name === endpoint)
      .map(({ part, name, tags }) => ({ ...toRow(second, part, name), ...tagField(tags) })),
    // They are of no endpoint: nobody knows which one the iteration would have called.
    ...(endpoint === undefined ? dropRows(second) : []),
  ]);
}

function toRow({ startMs, endMs }: Second, part: Part, endpoint: string): TapeRow {
  const recorder = createRecorder();
  addPart(recorder, part);
  const latency = distributionOf(recorder);
  const percentileMs = (percent: number) => toMs(latency.percentileUs(percent));
  return {
    startMs,
    endMs,
    phase: part.phase,
    membership: part.membership,
    endpoint,
    outcome: OUTCOMES[part.result] ?? '',
    requests: part.requests,
    dropped: 0,
    meanMs: toMs(latency.meanUs),
    p50Ms: percentileMs(50),
    p90Ms: percentileMs(90),
    p95Ms: percentileMs(95),
    p99Ms: percentileMs(99),
    p999Ms: percentileMs(99.9),
    maxMs: toMs(latency.maxUs),
    histogram: latency.encode(),
  };
}

function tagField(tags: EndpointTags): { readonly tags?: EndpointTags } {
  return Object.keys(tags).length === 0 ? {} : { tags };
}

function tapeMetrics(tape: StoredTape, { fromMs, toMs }: TapeChoice): readonly TapeMetric[] {
  return secondsWithin(tape, fromMs, toMs).flatMap((second) =>
    metricSlicesOf(second, tape.metrics).map((slice) => {
      const { series, startMs, endMs, phase } = slice;
      const { histogram = '', ...sum } = toSumDocument(slice);
      return { startMs, endMs, phase, metric: series.name, tags: series.tags, ...sum, histogram };
    }),
  );
}

function dropRows({ startMs, endMs, dropped }: Second): TapeRow[] {
  return Array.from(dropped, ([phase, count]) => ({
    startMs,
    endMs,
    phase,
    membership: phase === 'transition' ? 'none' : 'within',
    endpoint: ALL_ENDPOINTS,
    outcome: 'dropped',
    requests: 0,
    dropped: count,
    meanMs: null,
    p50Ms: null,
    p90Ms: null,
    p95Ms: null,
    p99Ms: null,
    p999Ms: null,
    maxMs: null,
    histogram: '',
  }));
}

function toMs(us: number | undefined): number | null {
  return us === undefined ? null : Math.round(us * 1000) / 1e6;
}

/** As RFC 4180 has it. */
function toField(value: string | number | null): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
