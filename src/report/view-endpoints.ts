import { ALL_ENDPOINTS } from '../bench/measurement.js';
import type { Result } from '../experiments/result-schema.js';
import { PHASES, type Phase } from '../shared/phases.js';
import type { EpochMs } from '../shared/time.js';
import { formatCount, formatDuration, formatRate, formatShare } from '../shared/units.js';
import { formatOffset } from './format-moment.js';
import { formatMaybeMs, formatRatio } from './format-reading.js';

type MeasurementRecord = Result['measurements'][number];

/** One endpoint with a line for each phase. */
export interface EndpointView {
  readonly name: string;
  readonly rows: readonly EndpointRow[];
}

export interface EndpointRow {
  readonly phase: string;
  readonly requests: string;
  readonly rate: string;
  readonly failures: string;
  readonly hasFailures: boolean;
  readonly p50: string;
  readonly p90: string;
  readonly p95: string;
  readonly p99: string;
  readonly p999: string;
  readonly max: string;
  /** p95 against the steady phase's: `17.5x`. */
  readonly ratio: string;
}

export function findMeasurement(
  result: Result,
  phase: Phase,
  endpoint: string = ALL_ENDPOINTS,
): MeasurementRecord | undefined {
  return result.measurements.find((entry) => entry.phase === phase && entry.endpoint === endpoint);
}

/** All endpoints together first, then each by its number of requests. An only endpoint is not shown twice. */
export function viewEndpoints(result: Result): readonly EndpointView[] {
  const named = [...new Set(result.measurements.map((entry) => entry.endpoint))].filter(
    (endpoint) => endpoint !== ALL_ENDPOINTS,
  );
  const total = (endpoint: string): number =>
    result.measurements
      .filter((entry) => entry.endpoint === endpoint)
      .reduce((sum, entry) => sum + entry.requests, 0);
  const sorted = named.sort((a, b) => total(b) - total(a) || (a < b ? -1 : 1));
  const shown = sorted.length === 1 ? sorted : [ALL_ENDPOINTS, ...sorted];
  return shown.map((endpoint) => viewEndpoint(result, endpoint)).filter((view) => view.rows.length > 0);
}

function viewEndpoint(result: Result, endpoint: string): EndpointView {
  const steady = findMeasurement(result, 'steady', endpoint);
  const entries = PHASES.filter((phase) => phase !== 'warmup').flatMap(
    (phase) => findMeasurement(result, phase, endpoint) ?? [],
  );
  return {
    name: endpoint === ALL_ENDPOINTS ? 'All endpoints' : endpoint,
    rows: entries.map((entry) => ({
      phase: entry.phase,
      requests: formatCount(entry.requests),
      rate: formatRate(entry.ratePerSecond),
      failures: describeFailures(entry),
      hasFailures: entry.failures > 0,
      p50: formatMaybeMs(entry.p50Ms),
      p90: formatMaybeMs(entry.p90Ms),
      p95: formatMaybeMs(entry.p95Ms),
      p99: formatMaybeMs(entry.p99Ms),
      p999: formatMaybeMs(entry.p999Ms),
      max: formatMaybeMs(entry.maxMs),
      ratio: entry.phase === 'steady' ? '' : (formatRatio(steady?.p95Ms ?? null, entry.p95Ms) ?? '–'),
    })),
  };
}

function describeFailures(entry: MeasurementRecord): string {
  if (entry.failures === 0) return '0';
  return `${formatCount(entry.failures)} (${formatShare(entry.failures / Math.max(entry.requests, 1))})`;
}

/** A line of the table that says what was counted where. */
export interface CountView {
  readonly phase: string;
  /** From when to when the phase was, each time, since the start of the load. */
  readonly window: string;
  readonly lasted: string;
  readonly requests: string;
  readonly setApart: string;
  readonly outlived: string;
  readonly noResponse: string;
  readonly dropped: string;
}

export function viewCounts(result: Result, originMs: EpochMs): readonly CountView[] {
  const windowOf = (phase: Phase): string => {
    const windows = result.windows
      .filter((candidate) => candidate.phase === phase)
      .map(
        ({ startMs, endMs }) => `${formatOffset(startMs - originMs)} to ${formatOffset(endMs - originMs)}`,
      );
    return windows.length === 0 ? '–' : windows.join(', ');
  };
  return PHASES.flatMap((phase) => findMeasurement(result, phase) ?? []).map((entry) => ({
    phase: entry.phase,
    window: windowOf(entry.phase),
    lasted: formatDuration(entry.durationMs),
    requests: formatCount(entry.requests),
    setApart: entry.phase === 'fault' ? '–' : formatCount(entry.setApart),
    outlived: entry.phase === 'fault' ? formatCount(entry.outlived) : '–',
    noResponse: formatCount(entry.noResponse),
    dropped: formatCount(entry.dropped),
  }));
}
