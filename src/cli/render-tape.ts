import type { Measurement, Measurements } from '../bench/measurement.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import type { MeasuredWindow } from '../bench/tape-file/measure-tape.js';
import type { StoredTape } from '../bench/tape-file/stored-tape.js';
import type { MetricMeasurement } from '../bench/metric-measurement.js';
import { printable } from '../report/printable.js';
import { formatReading } from '../shared/format-reading.js';
import type { EpochMs } from '../shared/time.js';
import { formatCount, formatDuration, formatShare } from '../shared/units.js';

const HEADINGS = ['phase', 'endpoint', 'requests', 'failed', 'p50', 'p95', 'p99', 'max', ''];
const TEXT_COLUMNS = 2;

/** A tape for people: from when to when each phase went, as one would type it, and what was measured in a window. */
export function renderTape(tape: StoredTape, measured: MeasuredWindow, endpoint: string | undefined): string {
  const startMs = tape.spans[0]?.startMs ?? 0;
  const at = (moment: EpochMs) => `${((Math.min(moment, tape.endMs) - startMs) / 1000).toFixed(3)}s`;
  const phases = tape.spans
    .filter(({ phase }) => phase !== 'transition')
    .map((span) => `  ${span.phase.padEnd(10)}${at(span.startMs)} to ${at(span.endMs)}`);
  const rows = measured.measurements.all
    .filter((one) => one.requests + one.setApart + one.dropped > 0)
    .filter((one) => endpoint === undefined || one.endpoint === endpoint)
    .map(toCells);
  return [
    `run ${printable(tape.runId)}, ${at(tape.endMs)} on tape`,
    ...phases,
    `measured from ${at(measured.fromMs)} to ${at(measured.toMs)}`,
    ...(rows.length === 0 ? ['  nothing: no request ended there'] : alignColumns([HEADINGS, ...rows])),
    ...metricLines(measured.measurements, endpoint),
    '',
  ].join('\n');
}

/** `  fault  queue_wait  300 samples, p50 12, p95 40.5, ...`: in the unit of the metric, which nobody knows here. */
function metricLines({ metrics }: Measurements, endpoint: string | undefined): readonly string[] {
  const told = metrics.all.filter(({ samples, refused }) => samples + refused > 0);
  if (endpoint !== undefined || told.length === 0) return [];
  return [
    'metrics',
    ...told.map((metric) => `  ${metric.phase.padEnd(10)}${printable(describeMetric(metric))}`),
  ];
}

function describeMetric(metric: MetricMeasurement): string {
  const { series, samples, refused, trues, sum, min, max, last, values, scale } = metric;
  const tags = Object.entries(series.tags).map(([key, value]) => `${key}="${value}"`);
  const percentile = (percent: number) =>
    `p${percent} ${formatReading((values?.percentileUs(percent) ?? NaN) / scale, 'plain')}`;
  const read = {
    trend: () => [...[50, 95, 99].map(percentile), `max ${formatReading(max ?? NaN, 'plain')}`],
    rate: () => [formatShare(trues / samples)],
    counter: () => [`sum ${formatReading(sum, 'plain')}`],
    gauge: () =>
      [min, max, last].map(
        (value, index) => `${['min', 'max', 'last'][index] ?? ''} ${formatReading(value ?? NaN, 'plain')}`,
      ),
  }[series.type];
  return [
    `${series.name}${tags.length === 0 ? '' : `{${tags.join(', ')}}`}  ${formatCount(samples)} samples`,
    ...(samples === 0 ? [] : read()),
    ...(refused === 0 ? [] : [`${formatCount(refused)} cannot be measured`]),
  ].join(', ');
}

function toCells(one: Measurement): readonly string[] {
  const { requests, failures, latency } = one;
  const percentile = (percent: number) => formatLatency(latency.percentileUs(percent));
  return [
    one.phase,
    one.endpoint === ALL_ENDPOINTS ? 'all' : printable(one.endpoint),
    formatCount(requests),
    requests === 0 ? '-' : formatShare(failures / requests),
    percentile(50),
    percentile(95),
    percentile(99),
    formatLatency(latency.maxUs),
    notesOf(one),
  ];
}

function notesOf({ outlived, setApart, dropped }: Measurement): string {
  return [
    ...(outlived === 0 ? [] : [`${formatCount(outlived)} outlived the phase`]),
    ...(setApart === 0 ? [] : [`${formatCount(setApart)} set apart`]),
    ...(dropped === 0 ? [] : [`${formatCount(dropped)} dropped`]),
  ].join(', ');
}

function formatLatency(us: number | undefined): string {
  return us === undefined ? '-' : formatDuration(us / 1000);
}

/** Words to the left, numbers to the right, notes as they are. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const isLast = column === HEADINGS.length - 1;
      if (isLast) return cell;
      const width = widths[column] ?? 0;
      return column < TEXT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
