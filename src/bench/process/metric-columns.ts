import { copyColumns } from './copy-columns.js';

/** Samples of metrics in columns that can be handed on to another thread. */
export interface MetricColumns {
  readonly count: number;
  readonly startMs: Float64Array<ArrayBuffer>;
  readonly endMs: Float64Array<ArrayBuffer>;
  readonly value: Float64Array<ArrayBuffer>;
  readonly series: Uint16Array<ArrayBuffer>;
}

/** Collects samples of metrics in columns that grow as they have to. */
export interface MetricColumnWriter {
  add(startMs: number, endMs: number, value: number, series: number): void;
  /** What has been added since the last time. */
  take(): MetricColumns;
}

export function createMetricColumnWriter(): MetricColumnWriter {
  let count = 0;
  let columns = newColumns(0);
  return {
    add(startMs, endMs, value, series) {
      if (count === columns.series.length) columns = grown(columns);
      columns.startMs[count] = startMs;
      columns.endMs[count] = endMs;
      columns.value[count] = value;
      columns.series[count] = series;
      count += 1;
    },
    take() {
      const taken = { ...columns, count };
      columns = newColumns(0);
      count = 0;
      return taken;
    },
  };
}

/** Made anew by every call: what is handed to another thread is gone. */
export function noMetricColumns(): MetricColumns {
  return { ...newColumns(0), count: 0 };
}

function newColumns(length: number): Omit<MetricColumns, 'count'> {
  return {
    startMs: new Float64Array(length),
    endMs: new Float64Array(length),
    value: new Float64Array(length),
    series: new Uint16Array(length),
  };
}

function grown(columns: Omit<MetricColumns, 'count'>): Omit<MetricColumns, 'count'> {
  const larger = newColumns(Math.max(64, columns.series.length * 2));
  copyColumns(columns, larger);
  return larger;
}
