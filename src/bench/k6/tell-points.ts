import { READY_METRIC, REQUEST_METRIC } from './instrument-requests.js';
import type { Point } from './read-point.js';
import type { Row, RowTags } from './scan-rows.js';

/** Metrics that are always read. One request makes ten rows; the others are passed over at their first bytes. */
export const READ_METRICS: readonly string[] = [
  'http_req_duration',
  'http_req_blocked',
  REQUEST_METRIC,
  READY_METRIC,
  'iterations',
  'dropped_iterations',
  'vus',
];

export interface PointTeller {
  /** @param isWanted whether the samples of this metric are told */
  take(metric: string, point: Point, isWanted: boolean): void;
}

/** Makes rows of points, in whatever format k6 wrote them. */
export function createPointTeller(onRow: (row: Row) => void): PointTeller {
  /** A request's duration, until the next row tells how long it waited for its connection. */
  let open: Point | undefined;

  /**
   * `blocked` begins when a connection is asked for and ends when there is one: resolving the name, connecting and
   * TLS lie within it, although they have rows of their own.
   */
  function finish(blockedMs: number): void {
    if (open === undefined) return;
    const { atMs, value, tags, vu, call } = open;
    open = undefined;
    onRow({ kind: 'request', endMs: atMs, totalMs: value + blockedMs, durationMs: value, tags, vu, call });
  }

  return {
    take(metric, point, isWanted) {
      // A request's duration is told with the request, which knows when it began.
      if (isWanted && metric !== 'http_req_duration') {
        const { atMs, value, tags } = point;
        onRow({ kind: 'metric', atMs, metric, value, tags });
      }
      if (metric === 'http_req_blocked') {
        finish(point.value);
      } else if (metric === 'http_req_duration') {
        finish(0);
        open = point;
      } else if (READ_METRICS.includes(metric)) {
        finish(0);
        onRow(rowOf(metric, point));
      }
    },
  };
}

function rowOf(metric: string, { atMs, value, tags, vu, call }: Point): Row {
  switch (metric) {
    case REQUEST_METRIC:
      return value === 0
        ? { kind: 'over', atMs, vu, call }
        : { kind: 'sent', atMs, tags, vu, call, endpoint: value };
    case READY_METRIC:
      return { kind: 'ready', atMs };
    case 'iterations':
      return { kind: 'iteration', atMs, vu };
    case 'dropped_iterations':
      return { kind: 'dropped', atMs, count: value };
    default:
      return { kind: 'tick', atMs };
  }
}

/** What the tags of a row say; those that k6 leaves out are undefined. */
export function readTags(tags: Readonly<Record<string, string>>): RowTags {
  return {
    name: tags.name ?? '',
    method: tags.method ?? '',
    status: Number(tags.status ?? 0),
    expected: tags.expected_response === undefined ? undefined : tags.expected_response === 'true',
    inLoad: tags.scenario !== undefined,
    all: tags,
  };
}
