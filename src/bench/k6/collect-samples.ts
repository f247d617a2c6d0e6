import type { EpochMs } from '../../shared/time.js';
import { type LoadReads, READS_NOTHING } from '../load-reads.js';
import type { CollectedSamples, OpenRequest } from '../process/collected-samples.js';
import { createColumnWriter } from '../process/sample-columns.js';
import { createMetricCollector } from './collect-metrics.js';
import { NUMBERED } from './instrument-requests.js';
import { createKnownEndpoints, type KnownEndpoint } from './known-endpoints.js';
import {
  beginRequest,
  createOpenCalls,
  endAllCalls,
  endCall,
  endRequest,
  type OpenCalls,
  requestsOf,
  type SentRequest,
} from './open-calls.js';
import type { Point, RowTaker } from './row-taker.js';

/** Takes rows, and makes samples of them. */
export interface SampleCollector extends RowTaker {
  collect(): CollectedSamples;
  open(): readonly OpenRequest[];
}

/** What is known of a virtual user. */
interface VirtualUser {
  readonly calls: OpenCalls;
  /** The endpoints that it has given a number. */
  readonly endpoints: KnownEndpoint[];
}

/** Puts rows together to samples, and knows which requests are under way. */
export function createSampleCollector(reads: LoadReads = READS_NOTHING): SampleCollector {
  const metrics = createMetricCollector(reads.metrics);
  const endpoints = createKnownEndpoints(reads, (tags) => metrics.durationsOf(tags));
  const columns = createColumnWriter();
  const users = new Map<number, VirtualUser>();
  let dropped: { atMs: EpochMs; count: number }[] = [];
  let readyAtMs: EpochMs | undefined;
  let latestMs = 0;

  function note({ atMs }: Point): void {
    if (atMs > latestMs) latestMs = atMs;
  }

  function takeSent(point: Point): void {
    const { atMs, vu, call } = point;
    readyAtMs ??= atMs;
    const user = userOf(vu);
    beginRequest(user.calls, call, { sentAtMs: atMs, endpoint: sentEndpoint(user, point) });
  }

  function userOf(vu: number): VirtualUser {
    let user = users.get(vu);
    if (user === undefined) users.set(vu, (user = { calls: createOpenCalls(), endpoints: [] }));
    return user;
  }

  /** A virtual user says once what its endpoints are, and names them by their numbers from then on. */
  function sentEndpoint(user: VirtualUser, { value: number, tags }: Point): KnownEndpoint {
    if (number >= 0) return user.endpoints[number] ?? endpoints.of(tags);
    const endpoint = endpoints.of(tags);
    if (-number <= NUMBERED) user.endpoints[-number] = endpoint; // others are told with their tags each time
    return endpoint;
  }

  function takeRequest({ atMs: endMs, value: durationMs, tags, vu, call }: Point, totalMs: number): void {
    const endpoint = endpoints.of(tags);
    const user = users.get(vu);
    // After a redirect the call goes on, until it says that it is over.
    const sent = user && endRequest(user.calls, call, endpoint.name, isRedirect(tags.status));
    const noResponse = tags.status === 0;
    // k6 measures no time where no connection came about. The time since the call was made is never too short: it
    // holds the waiting for a place in http.batch, and of a redirect the steps before.
    const givenUpMs = noResponse && sent ? endMs - sent.sentAtMs : 0;
    const latencyMs = Math.max(totalMs, givenUpMs);
    const startMs = endMs - latencyMs;
    readyAtMs ??= startMs;
    columns.add(startMs, latencyMs * 1000, endpoint.index, endpoint.result);
    metrics.takeDuration(endpoint.metrics, startMs, endMs, noResponse ? latencyMs : durationMs);
  }

  function underWay(): readonly SentRequest[] {
    return [...users.values()].flatMap(({ calls }) => requestsOf(calls));
  }

  function open(): readonly OpenRequest[] {
    return underWay().map(({ sentAtMs, endpoint }) => ({
      sentAtMs,
      endpoint: endpoint.index,
      metrics: endpoint.metrics,
    }));
  }

  function collect(): CollectedSamples {
    const collected = {
      ...columns.take(),
      newEndpoints: endpoints.takeNew(),
      ...metrics.collect(),
      dropped,
      readyAtMs,
      latestMs,
      oldestOpenMs: oldestOf(underWay()),
    };
    dropped = [];
    return collected;
  }

  return {
    request(point, totalMs) {
      note(point);
      if (point.tags.inLoad) takeRequest(point, totalMs);
    },
    sent(point) {
      note(point);
      if (point.tags.inLoad) takeSent(point);
    },
    over(point) {
      note(point);
      const user = users.get(point.vu);
      if (user) endCall(user.calls, point.call);
    },
    iteration(point) {
      note(point);
      const user = users.get(point.vu);
      // Calls that k6 refused leave no row: at the latest they are over with their iteration.
      if (user) endAllCalls(user.calls);
    },
    dropped(point) {
      note(point);
      dropped.push({ atMs: point.atMs, count: point.value });
    },
    ready(point) {
      note(point);
      readyAtMs ??= point.atMs;
    },
    tick: note,
    metric(name, point) {
      note(point);
      metrics.take(name, point);
    },
    declared: (metric) => {
      metrics.declare(metric);
    },
    collect,
    open,
  };
}

function oldestOf(requests: readonly SentRequest[]): EpochMs | undefined {
  if (requests.length === 0) return undefined;
  return requests.reduce((oldest, { sentAtMs }) => Math.min(oldest, sentAtMs), Infinity);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
