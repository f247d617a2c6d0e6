import type { EpochMs } from '../../shared/time.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../sample-batch.js';
import type { CollectedSamples, OpenRequest } from '../process/collected-samples.js';
import { createEndpointNames } from '../process/endpoint-names.js';
import { createColumnWriter } from '../process/sample-columns.js';
import { endpointName } from './endpoint-name.js';
import type { Row, RowTags } from './scan-rows.js';

export interface SampleCollector {
  take(row: Row): void;
  collect(): CollectedSamples;
  open(): readonly OpenRequest[];
}

/** By call; several requests for one of http.batch. */
type OpenCalls = Map<string, OpenRequest[]>;

/** Puts rows together to samples, and knows which requests are under way. */
export function createSampleCollector(): SampleCollector {
  const endpoints = createEndpointNames();
  const endpointOfTags = new WeakMap<RowTags, number>();
  const columns = createColumnWriter();
  const callsOfVus = new Map<string, OpenCalls>();
  let dropped: { atMs: EpochMs; count: number }[] = [];
  let readyAtMs: EpochMs | undefined;
  let latestMs = 0;

  function take(row: Row): void {
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
      case 'tick':
        return;
    }
  }

  function takeSent(row: Row & { kind: 'sent' }): void {
    readyAtMs ??= row.atMs;
    const request = { sentAtMs: row.atMs, endpoint: endpointOf(row.tags) };
    const calls = callsOfVus.get(row.vu);
    const call = calls?.get(row.call);
    if (call) call.push(request);
    else if (calls) calls.set(row.call, [request]);
    else callsOfVus.set(row.vu, new Map([[row.call, [request]]]));
  }

  function takeRequest(row: Row & { kind: 'request' }): void {
    const endpoint = endpointOf(row.tags);
    const sent = endSent(row, endpoint);
    const noResponse = row.tags.status === 0;
    // k6 measures no time where no connection came about. The time since the call was made is never too short: it
    // holds the waiting for a place in http.batch, and of a redirect the steps before.
    const givenUpMs = noResponse && sent ? row.endMs - sent.sentAtMs : 0;
    const latencyMs = Math.max(row.totalMs, givenUpMs);
    readyAtMs ??= row.endMs - latencyMs;
    columns.add(row.endMs - latencyMs, latencyMs * 1000, endpoint, resultOf(row.tags));
  }

  /** Ends the request that a row tells of. After a redirect the call goes on, until it says that it is over. */
  function endSent(row: Row & { kind: 'request' }, endpoint: number): OpenRequest | undefined {
    const calls = callsOfVus.get(row.vu);
    const requests = calls?.get(row.call);
    if (!calls || !requests) return undefined;
    const same = requests.findIndex((request) => request.endpoint === endpoint);
    const at = Math.max(same, 0);
    const request = requests[at];
    if (isRedirect(row.tags.status)) return request;
    requests.splice(at, 1);
    if (requests.length === 0) calls.delete(row.call);
    return request;
  }

  function endpointOf(tags: RowTags): number {
    let index = endpointOfTags.get(tags);
    if (index === undefined) {
      index = endpoints.indexOf(endpointName(tags.name, tags.method));
      endpointOfTags.set(tags, index);
    }
    return index;
  }

  function open(): readonly OpenRequest[] {
    return [...callsOfVus.values()].flatMap((calls) => [...calls.values()].flat());
  }

  function collect(): CollectedSamples {
    const collected = {
      ...columns.take(),
      newEndpoints: endpoints.takeNew(),
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
