import { BUILTIN_METRICS, PARTS_OF_REQUEST } from './builtin-metrics.js';
import type { LastTags } from './csv-tags.js';
import { READ_METRICS } from './tell-points.js';

/** What k6 writes at once, in this order and with the same tags: of a request, and of an iteration. */
const SERIES = [
  ['http_reqs', 'http_req_duration', ...PARTS_OF_REQUEST, 'http_req_failed'],
  ['data_sent', 'data_received', 'iteration_duration', 'iterations'],
];

/** A metric whose rows are known by the bytes of its name. */
export interface KnownMetric extends LastTags {
  readonly name: string;
  /** With the comma behind it. */
  readonly bytes: Buffer;
  /** Of the bytes. */
  readonly length: number;
  /** Of the name. */
  readonly firstByte: number;
  readonly lastByte: number;
  readonly isWanted: boolean;
  /** Whether its rows are read. */
  readonly isRead: boolean;
  /** The metric whose row k6 writes next, with the same tags. */
  next: KnownMetric | undefined;
  /** Whether its row is the first of several. */
  isFirst: boolean;
  isDeclared: boolean;
}

/** All metrics whose rows have to be told from others; first those with which most rows begin. */
export function knownMetrics(wanted: ReadonlySet<string>): readonly KnownMetric[] {
  const names = new Set([
    ...SERIES.flatMap(([first = '']) => first),
    ...READ_METRICS,
    ...BUILTIN_METRICS.keys(),
  ]);
  const metrics = new Map([...names].map((name) => [name, knownMetric(name, wanted.has(name))]));
  for (const names of SERIES) {
    const series = names.flatMap((name) => metrics.get(name) ?? []);
    for (const [index, metric] of series.entries()) {
      metric.isFirst = index === 0;
      metric.next = series[index + 1];
    }
  }
  return [...metrics.values()];
}

function knownMetric(name: string, isWanted: boolean): KnownMetric {
  const bytes = Buffer.from(`${name},`, 'latin1');
  return {
    name,
    bytes,
    length: bytes.length,
    firstByte: bytes[0] ?? 0,
    lastByte: bytes[bytes.length - 2] ?? 0,
    isWanted,
    isRead: isWanted || READ_METRICS.includes(name),
    next: undefined,
    isFirst: false,
    isDeclared: false,
    lastTags: undefined,
  };
}

export function byFirstByte(
  metrics: readonly KnownMetric[],
): readonly (readonly KnownMetric[] | undefined)[] {
  const table: KnownMetric[][] = [];
  for (const metric of metrics) (table[metric.firstByte] ??= []).push(metric);
  return table;
}
