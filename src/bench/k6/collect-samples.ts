import type { EpochMs } from '../../shared/time.js';
import { type EndpointTags, NO_TAGS, OTHER_VALUE } from '../endpoint-table.js';
import { type LoadReads, READS_NOTHING } from '../load-reads.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../sample-batch.js';
import type { CollectedSamples, OpenRequest } from '../process/collected-samples.js';
import { createEndpointNames } from '../process/endpoint-names.js';
import { createColumnWriter } from '../process/sample-columns.js';
import { createMetricCollector } from './collect-metrics.js';
import { endpointName } from './endpoint-name.js';
import { NUMBERED } from './instrument-requests.js';
import type { Point, RowTaker, RowTags } from './row-taker.js';

/** Takes rows, and makes samples of them. */
export interface SampleCollector extends RowTaker {
  collect(): CollectedSamples;
  open(): readonly OpenRequest[];
}

/** What the tags of a row stand for. */
interface KnownEndpoint {
  readonly index: number;
  readonly name: string;
  readonly result: number;
  /** Metrics, by the index of their selector, that durations of requests with these tags are samples of. */
  readonly metrics: readonly number[];
}

interface SentRequest {
  readonly sentAtMs: EpochMs;
  readonly endpoint: KnownEndpoint;
}

/** What is known of a virtual user. */
interface VirtualUser {
  /** The request under way of a call that waits for its response: it has no number, and the next follows it. */
  waiting: SentRequest | undefined;
  /** Those of other calls, by the number of the call; several of http.batch. */
  readonly calls: Map<number, SentRequest[]>;
  /** The endpoints that it has given a number. */
  readonly numbered: KnownEndpoint[];
}

/** Puts rows together to samples, and knows which requests are under way. */
export function createSampleCollector(reads: LoadReads = READS_NOTHING): SampleCollector {
  const endpoints = createEndpointNames(reads.endpoints);
  const endpointOfTags = new WeakMap<RowTags, KnownEndpoint>();
  const metrics = createMetricCollector(reads.metrics);
  const wantedTags = Object.entries(reads.tags);
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
    const sent = { sentAtMs: atMs, endpoint: sentEndpoint(user, point) };
    if (call === 0) {
      user.waiting = sent;
      return;
    }
    const requests = user.calls.get(call);
    if (requests) requests.push(sent);
    else user.calls.set(call, [sent]);
  }

  function userOf(vu: number): VirtualUser {
    let user = users.get(vu);
    if (user === undefined) users.set(vu, (user = { waiting: undefined, calls: new Map(), numbered: [] }));
    return user;
  }

  /** A virtual user says once what its endpoints are, and names them by their numbers from then on. */
  function sentEndpoint({ numbered }: VirtualUser, { value: number, tags }: Point): KnownEndpoint {
    if (number >= 0) return numbered[number] ?? endpointOf(tags);
    const endpoint = endpointOf(tags);
    if (-number <= NUMBERED) numbered[-number] = endpoint; // others are told with their tags each time
    return endpoint;
  }

  function takeRequest({ atMs: endMs, value: durationMs, tags, vu, call }: Point, totalMs: number): void {
    const endpoint = endpointOf(tags);
    const sent = endSent(users.get(vu), call, endpoint.name, isRedirect(tags.status));
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

  /** Ends the request that a row tells of. After a redirect the call goes on, until it says that it is over. */
  function endSent(
    user: VirtualUser | undefined,
    call: number,
    name: string,
    goesOn: boolean,
  ): SentRequest | undefined {
    if (user === undefined) return undefined;
    if (call === 0) {
      const { waiting } = user;
      if (!goesOn) user.waiting = undefined;
      return waiting;
    }
    const requests = user.calls.get(call);
    if (requests === undefined) return undefined;
    const same = requests.findIndex(({ endpoint }) => endpoint.name === name);
    const at = Math.max(same, 0);
    const request = requests[at];
    if (goesOn) return request;
    requests.splice(at, 1);
    if (requests.length === 0) user.calls.delete(call);
    return request;
  }

  function end({ vu, call }: Point): void {
    const user = users.get(vu);
    if (call === 0) {
      if (user) user.waiting = undefined;
    } else {
      user?.calls.delete(call);
    }
  }

  function endAll({ vu }: Point): void {
    const user = users.get(vu);
    if (user === undefined) return;
    user.waiting = undefined;
    if (user.calls.size > 0) user.calls.clear();
  }

  function endpointOf(tags: RowTags): KnownEndpoint {
    let known = endpointOfTags.get(tags);
    if (known === undefined) {
      const name = endpointName(tags.name, tags.method);
      const index = endpoints.indexOf(name, toldApartBy(tags));
      known = { index, name, result: resultOf(tags), metrics: metrics.durationsOf(tags) };
      endpointOfTags.set(tags, known);
    }
    return known;
  }

  /** Values that nobody names are one, so that a tag with an identifier in it fills no table. */
  function toldApartBy({ all, status }: RowTags): EndpointTags {
    if (wantedTags.length === 0) return NO_TAGS;
    return Object.fromEntries(
      wantedTags.map(([key, values]) => {
        // What was sent and has not ended has no status yet; where it never ends, there was no response.
        const value = key === 'status' ? String(status) : (all[key] ?? '');
        return [key, values.includes(value) ? value : OTHER_VALUE];
      }),
    );
  }

  function underWay(): readonly SentRequest[] {
    const requests: SentRequest[] = [];
    for (const { waiting, calls } of users.values()) {
      if (waiting) requests.push(waiting);
      for (const others of calls.values()) requests.push(...others);
    }
    return requests;
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
      end(point);
    },
    iteration(point) {
      note(point);
      // Calls that k6 refused leave no row: at the latest they are over with their iteration.
      endAll(point);
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

function resultOf({ status, expected }: RowTags): number {
  if (status === 0) return RESULT_NO_RESPONSE;
  // Where the script took the judgement from k6, what k6 does by default.
  return (expected ?? (status >= 200 && status < 400)) ? RESULT_OK : RESULT_FAILED_RESPONSE;
}
