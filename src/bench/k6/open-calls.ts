import type { EpochMs } from '../../shared/time.js';
import type { KnownEndpoint } from './known-endpoints.js';

/** A request under way. */
export interface SentRequest {
  readonly sentAtMs: EpochMs;
  readonly endpoint: KnownEndpoint;
}

/** The requests of a virtual user that are under way. */
export interface OpenCalls {
  /** Of the call that has no number, which waits for its response: the next follows it. */
  waiting: SentRequest | undefined;
  /** By the number of their call; several of http.batch. */
  readonly numbered: Map<number, SentRequest[]>;
}

export function createOpenCalls(): OpenCalls {
  return { waiting: undefined, numbered: new Map() };
}

export function beginRequest(calls: OpenCalls, call: number, sent: SentRequest): void {
  if (call === 0) {
    calls.waiting = sent;
    return;
  }
  const requests = calls.numbered.get(call);
  if (requests) requests.push(sent);
  else calls.numbered.set(call, [sent]);
}

/** Ends the request of this name, or else the first of its call, unless the call goes on with it; undefined where there is none. */
export function endRequest(
  calls: OpenCalls,
  call: number,
  name: string,
  goesOn: boolean,
): SentRequest | undefined {
  if (call === 0) {
    const { waiting } = calls;
    if (!goesOn) calls.waiting = undefined;
    return waiting;
  }
  const requests = calls.numbered.get(call);
  if (requests === undefined) return undefined;
  const same = requests.findIndex(({ endpoint }) => endpoint.name === name);
  const at = Math.max(same, 0);
  const request = requests[at];
  if (goesOn) return request;
  requests.splice(at, 1);
  if (requests.length === 0) calls.numbered.delete(call);
  return request;
}

export function endCall(calls: OpenCalls, call: number): void {
  if (call === 0) calls.waiting = undefined;
  else calls.numbered.delete(call);
}

export function endAllCalls(calls: OpenCalls): void {
  calls.waiting = undefined;
  if (calls.numbered.size > 0) calls.numbered.clear();
}

export function requestsOf({ waiting, numbered }: OpenCalls): readonly SentRequest[] {
  const requests = [...numbered.values()].flat();
  return waiting ? [waiting, ...requests] : requests;
}
