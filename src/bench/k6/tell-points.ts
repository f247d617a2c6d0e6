import { createPoint } from './create-point.js';
import { READY_METRIC, REQUEST_METRIC } from './instrument-requests.js';
import type { Point, RowTaker } from './row-taker.js';

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

/** Tells what points are, in whatever format k6 wrote them. */
export function createPointTeller(taker: RowTaker): PointTeller {
  /** A request's duration, until the next row tells how long it waited for its connection. */
  const duration = createPoint();
  let isOpen = false;

  function begin({ atMs, value, tags, vu, call }: Point): void {
    isOpen = true;
    duration.atMs = atMs;
    duration.value = value;
    duration.tags = tags;
    duration.vu = vu;
    duration.call = call;
  }

  /**
   * `blocked` begins when a connection is asked for and ends when there is one: resolving the name, connecting and
   * TLS lie within it, although they have rows of their own.
   */
  function finish(blockedMs: number): void {
    if (!isOpen) return;
    isOpen = false;
    taker.request(duration, duration.value + blockedMs);
  }

  return {
    take(metric, point, isWanted) {
      // A request's duration is told with the request, which knows when it began.
      if (isWanted && metric !== 'http_req_duration') taker.metric(metric, point);
      switch (metric) {
        case 'http_req_blocked':
          finish(point.value);
          return;
        case 'http_req_duration':
          finish(0);
          begin(point);
          return;
        case REQUEST_METRIC:
          finish(0);
          if (point.value === 0) taker.over(point);
          else taker.sent(point);
          return;
        case 'iterations':
          finish(0);
          taker.iteration(point);
          return;
        case 'dropped_iterations':
          finish(0);
          taker.dropped(point);
          return;
        case READY_METRIC:
          finish(0);
          taker.ready(point);
          return;
        case 'vus':
          finish(0);
          taker.tick(point);
          return;
      }
    },
  };
}
