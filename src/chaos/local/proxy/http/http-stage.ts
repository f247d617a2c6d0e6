import type { Hold, Parcel } from '../delay-line.js';
import type { HttpState } from '../rule-states.js';
import { requestFraming, responseFraming, type BodyFraming } from './body-framing.js';
import { editRequest, editResponse, frameRequest, frameResponse } from './edit-message.js';
import { formatHead, startsRequest, type RequestHead, type ResponseHead } from './message-head.js';
import { createMessageReader } from './message-reader.js';
import { countEdits, holdsOf, lookAt } from './rule-effects.js';

/** Reads both directions of one connection as HTTP/1.x, and does to its messages what the rules say. */
export interface HttpStage {
  /** @param spokeLast who sent the bytes before these */
  fromClient(bytes: Buffer, spokeLast: Speaker): void;
  fromReplica(bytes: Buffer): void;
  clientEnded(): void;
  replicaEnded(): void;
  /** No message is under way: it can be taken away without anybody noticing. */
  readonly isIdle: boolean;
}

export type Speaker = 'nobody' | 'client' | 'replica';

export interface HttpStageEvents {
  toReplica(parcel: Parcel, holds: readonly Hold[]): void;
  toClient(parcel: Parcel, holds: readonly Hold[]): void;
  /** Ends the connection, behind every response that is on its way. */
  abort(): void;
}

/** A request that was passed on, and whose response is not complete. */
interface Exchange {
  readonly request: RequestHead;
  /** As the rules left it. */
  readonly sentMethod: string;
}

/** Who sends more requests at once than any server would take up is not read any further. */
const MOST_EXCHANGES = 1000;
const NO_HOLDS: readonly Hold[] = [];

/**
 * @param isFresh nothing has passed on the connection yet. Where something has, it is read from the next request on:
 * from the first bytes of the client that are one, after the replica has spoken last.
 */
export function createHttpStage(
  rules: () => readonly HttpState[],
  isFresh: boolean,
  events: HttpStageEvents,
): HttpStage {
  const exchanges: Exchange[] = [];
  const unreadFor = new Set<HttpState>();
  let isReading = isFresh;
  let isUnread = false;
  let isAborting = false;
  let dropsRequestBody = false;
  let dropsResponseBody = false;
  let isFinal = false;
  let isOver = false;

  const requests = createMessageReader('request', {
    head: onRequest,
    body(bytes) {
      if (!dropsRequestBody && !isAborting) events.toReplica(bytes, NO_HOLDS);
    },
    end: () => undefined,
    unreadable: markUnread,
    raw(bytes) {
      if (isUnread) countUnread();
      if (!isAborting) events.toReplica(bytes, NO_HOLDS);
    },
  });
  const responses = createMessageReader('response', {
    head: onResponse,
    body(bytes) {
      if (!dropsResponseBody && !isOver) events.toClient(bytes, NO_HOLDS);
    },
    end() {
      if (!isFinal) return;
      exchanges.shift();
      if (isAborting && exchanges.length === 0) abort();
    },
    unreadable: markUnread,
    raw(bytes) {
      if (!isOver) events.toClient(bytes, NO_HOLDS);
    },
  });

  function onRequest(head: RequestHead, bytes: Buffer): BodyFraming | undefined {
    const framing = requestFraming(head);
    if (framing === undefined || exchanges.length >= MOST_EXCHANGES || isAborting) return framing;
    const matching = isUnread ? [] : lookAt(rules(), 'request', head);
    if (matching.some(({ fault }) => fault.actions.abort)) {
      isAborting = true;
      if (exchanges.length === 0) abort();
      return framing;
    }
    const actions = matching.map(({ fault }) => fault.actions);
    const edited = actions.reduce(editRequest, { head, body: undefined });
    const isEdited = countEdits(matching);
    exchanges.push({ request: head, sentMethod: edited.head.method });
    dropsRequestBody = edited.body !== undefined;
    events.toReplica(isEdited ? formatHead(frameRequest(edited)) : bytes, holdsOf(matching));
    if (edited.body !== undefined && edited.body.length > 0) events.toReplica(edited.body, NO_HOLDS);
    return framing;
  }

  function onResponse(head: ResponseHead, bytes: Buffer): BodyFraming | undefined {
    const [exchange] = exchanges;
    const framing = exchange && responseFraming(head, exchange.sentMethod);
    if (exchange === undefined || framing === undefined || isOver) return undefined;
    const { request, sentMethod } = exchange;
    isFinal = head.code >= 200;
    const isTunnel = framing.kind === 'tunnel';
    const isMessage = (isFinal || isTunnel) && !isUnread;
    const matching = isMessage ? lookAt(rules(), 'response', request, head) : [];
    if (matching.some(({ fault }) => fault.actions.abort)) {
      isAborting = true;
      abort();
      return framing;
    }
    const isEdited = !isTunnel && countEdits(matching);
    if (isTunnel || (!isEdited && sentMethod === request.method)) {
      dropsResponseBody = false;
      events.toClient(bytes, holdsOf(matching));
      if (isTunnel) {
        markUnread();
        requests.stop();
      }
      return framing;
    }
    const edited = matching.map(({ fault }) => fault.actions).reduce(editResponse, { head, body: undefined });
    const framed = frameResponse(edited, request.method, framing.kind !== 'none');
    dropsResponseBody = framed.dropsOriginal;
    events.toClient(formatHead(framed.head), holdsOf(matching));
    if (framed.body !== undefined && framed.body.length > 0) events.toClient(framed.body, NO_HOLDS);
    return framing;
  }

  function abort(): void {
    if (isOver) return;
    isOver = true;
    events.abort();
  }

  function markUnread(): void {
    if (isOver) return;
    isUnread = true;
    countUnread();
  }

  function countUnread(): void {
    for (const state of rules()) {
      if (unreadFor.has(state)) continue;
      unreadFor.add(state);
      state.connectionsUnread += 1;
    }
  }

  /** Begins to read where the client begins a request. */
  function lookForRequest(bytes: Buffer, spokeLast: Speaker): void {
    if (spokeLast === 'client') return;
    if (!startsRequest(bytes)) {
      countUnread();
      return;
    }
    isReading = true;
    for (const state of unreadFor) state.connectionsUnread -= 1;
    unreadFor.clear();
  }

  return {
    fromClient(bytes, spokeLast) {
      if (!isReading) lookForRequest(bytes, spokeLast);
      if (isReading) requests.read(bytes);
      else events.toReplica(bytes, NO_HOLDS);
    },
    fromReplica(bytes) {
      if (isOver) return;
      if (isReading) responses.read(bytes);
      else events.toClient(bytes, NO_HOLDS);
    },
    clientEnded() {
      if (isReading) requests.finish();
      if (!isAborting) events.toReplica('end', NO_HOLDS);
    },
    replicaEnded() {
      if (isReading) responses.finish();
      if (!isOver) events.toClient('end', NO_HOLDS);
    },
    get isIdle() {
      if (!isReading) return true;
      return requests.isBetween && responses.isBetween && (exchanges.length === 0 || isUnread) && !isAborting;
    },
  };
}
