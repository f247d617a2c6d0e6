import { PlimsollError } from '../../shared/errors.js';
import { createRecorder, resetRecorder, type LatencyRecorder } from '../histogram.js';
import { createEndpointTable } from '../endpoint-table.js';
import { tallyMetrics } from '../measure-metrics.js';
import type { MetricSeries } from '../metric-series.js';
import { createMetricTable } from '../metric-table.js';
import { type MetricPart, toMetricPart } from '../metric-tally.js';
import type { Span } from '../phase-windows.js';
import { addPart, type Part, partKey, type Second, type SlicePhase, toPart } from '../second.js';
import type { StoredTape } from './stored-tape.js';

/**
 * One tape of several that were cut at the same borders: what each generator of one run measured, as if one had
 * measured it all. Endpoints are the same where their names are.
 * @throws {PlimsollError} USAGE where there is none, or they are not of one run, or have other borders.
 */
export function mergeTapes(tapes: readonly StoredTape[]): StoredTape {
  const [first, ...others] = tapes;
  if (first === undefined) throw new PlimsollError('USAGE', 'there is no tape to merge');
  for (const other of others) requireSameRun(first, other);
  const endpoints = createEndpointTable(undefined, Infinity);
  const metrics = createMetricTable();
  const places = new Map<string, Second[]>();
  for (const tape of tapes) {
    const indexes = tape.endpoints.map(({ name, tags }) => endpoints.indexOf(name, tags));
    const series = tape.metrics.map((one) => metrics.indexOf(one));
    for (const second of tape.seconds) {
      const place = `${second.span}:${second.startMs}`;
      const moved = {
        ...second,
        parts: second.parts.map((part) => moveTo(part, indexes)),
        metrics: second.metrics.map((part) => ({ ...part, series: series[part.series] ?? 0 })),
      };
      const there = places.get(place);
      if (there === undefined) places.set(place, [moved]);
      else there.push(moved);
    }
  }
  const scratch = createRecorder();
  const seconds = Array.from(places.values(), (there) => mergeSeconds(there, metrics.all, scratch));
  return {
    ...first,
    endpoints: endpoints.all,
    metrics: metrics.all,
    seconds: seconds.sort((a, b) => a.span - b.span || a.startMs - b.startMs),
    endMs: Math.max(...tapes.map(({ endMs }) => endMs)),
    ending: tapes.find(({ ending }) => ending.status === 'cut-short')?.ending ?? first.ending,
  };
}

function requireSameRun(first: StoredTape, other: StoredTape): void {
  if (other.runId !== first.runId) {
    throw new PlimsollError('USAGE', `tapes of two runs cannot be merged: ${first.runId} and ${other.runId}`);
  }
  const isSame =
    other.spans.length === first.spans.length &&
    other.spans.every((span, index) => isSameSpan(span, first.spans[index]));
  if (!isSame) {
    throw new PlimsollError('USAGE', `two tapes of run ${first.runId} were cut at other borders`, {
      remedy: 'one of them may have been cut short: merge what was recorded to the end',
    });
  }
}

function isSameSpan(a: Span, b: Span | undefined): boolean {
  return a.phase === b?.phase && a.startMs === b.startMs && a.endMs === b.endMs;
}

function moveTo(part: Part, indexes: readonly number[]): Part {
  return { ...part, endpoint: indexes[part.endpoint] ?? 0 };
}

/** The last second of a tape may be shorter than that of another: the longest of them is it. */
function mergeSeconds(
  seconds: readonly Second[],
  series: readonly MetricSeries[],
  scratch: LatencyRecorder,
): Second {
  const [first] = seconds;
  if (first === undefined) throw new Error('a place has a second');
  if (seconds.length === 1) return first;
  const byKind = new Map<number, [Part, ...Part[]]>();
  const dropped = new Map<SlicePhase, number>();
  for (const second of seconds) {
    for (const part of second.parts) {
      const key = partKey(part);
      const there = byKind.get(key);
      if (there === undefined) byKind.set(key, [part]);
      else there.push(part);
    }
    for (const [phase, count] of second.dropped) dropped.set(phase, (dropped.get(phase) ?? 0) + count);
  }
  return {
    ...first,
    endMs: Math.max(...seconds.map(({ endMs }) => endMs)),
    parts: Array.from(byKind.values(), (parts) => mergeParts(parts, scratch)),
    dropped,
    metrics: mergeMetrics(seconds, series),
  };
}

function mergeMetrics(seconds: readonly Second[], series: readonly MetricSeries[]): readonly MetricPart[] {
  return Array.from(tallyMetrics(series, seconds), ([phase, tallies]) =>
    Array.from(tallies, ([index, tally]) => toMetricPart({ phase, series: index }, tally)),
  ).flat();
}

function mergeParts(parts: readonly [Part, ...Part[]], scratch: LatencyRecorder): Part {
  const [first] = parts;
  if (parts.length === 1) return first;
  resetRecorder(scratch);
  for (const part of parts) addPart(scratch, part);
  const { phase, membership, endpoint, result } = first;
  return toPart({ phase, membership, endpoint, result }, scratch);
}
