import type { Result } from '../experiments/result-schema.js';

export type SliceRecord = Result['series'][number];

/** A slice shorter than this is too short for a point of its own: its rate may be anything. */
const SHORTEST_MS = 300;

/**
 * The series as points that follow one another in time. Slices of the same second (one of a phase and one of the
 * requests that were set apart from it), and the slivers beside a border, are drawn as the slice among them that has
 * most requests: percentiles cannot be added, so they are of that one alone; counts are of all.
 */
export function gatherSlices(series: readonly SliceRecord[]): readonly SliceRecord[] {
  const seconds = series.reduce<SliceRecord[]>((points, slice) => {
    const last = points.at(-1);
    if (last === undefined || slice.startMs >= last.endMs) points.push(slice);
    else points[points.length - 1] = join(last, slice);
    return points;
  }, []);
  return seconds.reduce<SliceRecord[]>((points, slice) => {
    const last = points.at(-1);
    const isApart = last === undefined || slice.startMs > last.endMs;
    if (isApart || !(isSliver(slice) || isSliver(last))) points.push(slice);
    else points[points.length - 1] = join(last, slice);
    return points;
  }, []);
}

function isSliver({ startMs, endMs }: SliceRecord): boolean {
  return endMs - startMs < SHORTEST_MS;
}

function join(a: SliceRecord, b: SliceRecord): SliceRecord {
  return {
    ...(b.requests > a.requests ? b : a),
    startMs: Math.min(a.startMs, b.startMs),
    endMs: Math.max(a.endMs, b.endMs),
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    dropped: a.dropped + b.dropped,
  };
}
