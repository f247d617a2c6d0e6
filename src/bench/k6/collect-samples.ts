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
import type { Row, RowTags } from './scan-rows.js';

export interface SampleCollector {
  take(row: Row): void;
  collect(): CollectedSamples;
  open(): readonly OpenRequest[];
}

/** What the tags of a row stand for. */
interface KnownEndpoint {
  readonly index: number;
  readonly name: string;
}

/** A request under way, with the name by which its end is known. */
interface SentRequest extends OpenRequest {
  readonly name: string;
}

/** By call; several requests for one of http.batch. Calls without a number follow one another. */
type OpenCalls = Map<number, SentRequest[]>;

/** Puts rows together to samples, and knows which requests are under way. */
export function createSampleCollector(reads: LoadReads = READS_NOTHING): SampleCollector {
  const endpoints = createEndpointNames(reads.endpoints);
  const endpointOfTags = new WeakMap<RowTags, KnownEndpoint>();
  const metrics = createMetricCollector(reads.metrics);
  const wantedTags = Object.entries(reads.tags);
  const columns = createColumnWriter();
  const callsOfVus = new Map<number, OpenCalls>();
  /** By virtual user, the tags that it has given a number. */
  const tagsOfVus = new Map<number, RowTags[]>();
  let dropped: { atMs: EpochMs; count: number }[] = [];
  let readyAtMs: EpochMs | undefined;
  let latestMs = 0;

  function take(row: Row): void {
    if (row.kind === 'declared') {
      metrics.declare(row);
      return;
    }
    latestMs = Math.max(latestMs, row.kind === 'request' ? row.endMs : row.atMs);
    switch (row.kind) {
      case 'request':
        if (row.tags.inLoad) takeRequest(row);
        return;
      case 'sent':
        if (row.tags.inLoad) takeSent(row);
        return;
      case 'over':
        callsOfVus.get(row.vu)?.delete(row.call);
        return;
      case 'iteration':
        // Calls that k6 refused leave no row: at the latest they are over with their iteration.
        callsOfVus.get(row.vu)?.clear();
        return;
      case 'dropped':
        dropped.push({ atMs: row.atMs, count: row.count });
        return;
      case 'ready':
        readyAtMs ??= row.atMs;
        return;
      case 'metric':
        metrics.take(row);
        return;
      case 'tick':
        return;
    }
  }

  function takeSent(row: Row & { kind: 'sent' }): void {
    readyAtMs ??= row.atMs;
    const tags = sentTags(row);
    const { index, name } = endpointOf(tags);
    const request = { sentAtMs: row.atMs, endpoint: index, name, metrics: metrics.durationsOf(tags) };
    const calls = callsOfVus.get(row.vu);
    const call = row.call === 0 ? undefined : calls?.get(row.call);
    if (call) call.push(request);
    else if (calls) calls.set(row.call, [request]);
    else callsOfVus.set(row.vu, new Map([[row.call, [request]]]));
  }

  /** A virtual user says once what its endpoints are, and names them by their numbers from then on. */
  function sentTags({ vu, endpoint, tags }: Row & { kind: 'sent' }): RowTags {
    const known = tagsOfVus.get(vu);
    if (endpoint >= 0) return known?.[endpoint] ?? tags;
    if (-endpoint > NUMBERED) return tags; // it is told with its tags each time
    if (known) known[-endpoint] = tags;
    else tagsOfVus.set(vu, Object.assign([], { [-endpoint]: tags }));
    return tags;
  }

  function takeRequest(row: Row & { kind: 'request' }): void {
    const { index, name } = endpointOf(row.tags);
    const sent = endSent(row, name);
    const noResponse = row.tags.status === 0;
    // k6 measures no time where no connection came about. The time since the call was made is never too short: it
    // holds the waiting for a place in http.batch, and of a redirect the steps before.
    const givenUpMs = noResponse && sent ? row.endMs - sent.sentAtMs : 0;
    const latencyMs = Math.max(row.totalMs, givenUpMs);
    readyAtMs ??= row.endMs - latencyMs;
    const startMs = row.endMs - latencyMs;
    columns.add(startMs, latencyMs * 1000, index, resultOf(row.tags));
    metrics.takeDuration(row.tags, startMs, row.endMs, noResponse ? latencyMs : row.durationMs);
  }

  /** Ends the request that a row tells of. After a redirect the call goes on, until it says that it is over. */
  function endSent(row: Row & { kind: 'request' }, name: string): OpenRequest | undefined {
    const calls = callsOfVus.get(row.vu);
    const requests = calls?.get(row.call);
    if (!calls || !requests) return undefined;
    const same = requests.findIndex((request) => request.name === name);
    const at = Math.max(same, 0);
    const request = requests[at];
    if (isRedirect(row.tags.status)) return request;
    requests.splice(at, 1);
    if (requests.length === 0) calls.delete(row.call);
    return request;
  }

  function endpointOf(tags: RowTags): KnownEndpoint {
    let known = endpointOfTags.get(tags);
    if (known === undefined) {
      const name = endpointName(tags.name, tags.method);
      known = { index: endpoints.indexOf(name, toldApartBy(tags)), name };
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

  function open(): readonly OpenRequest[] {
    const requests = [...callsOfVus.values()].flatMap((calls) => [...calls.values()].flat());
    return requests.map(({ sentAtMs, endpoint, metrics: series }) => ({
      sentAtMs,
      endpoint,
      metrics: series,
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
      oldestOpenMs: oldestOf(open()),
    };
    dropped = [];
    return collected;
  }

  return { take, collect, open };
}

function oldestOf(requests: readonly OpenRequest[]): EpochMs | undefined {
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
