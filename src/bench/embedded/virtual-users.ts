import type { EpochMs } from '../../shared/time.js';
import type { CompiledRequest } from './compile-request.js';
import type { TokenValues } from './compile-template.js';
import { openConnection, type Connection } from './connection.js';
import { sendRequest, type RequestInFlight } from './send-request.js';
import { createSlotPool } from './slot-pool.js';

/** The virtual users of a load: each has one connection per origin, and at most one request in flight. */
export interface VirtualUsers {
  hasFree(): boolean;
  inFlight(): number;
  /** Lets a free user send a request. Only where there is one. `onEnd` is called once, when the user is free again. */
  send(
    request: CompiledRequest,
    values: TokenValues,
    sentAtMs: EpochMs,
    onEnd: (result: number) => void,
  ): void;
  /** Gives up every request that was sent at or before this moment. */
  giveUp(sentUntilMs: EpochMs): void;
  /** Closes all connections. */
  close(): void;
}

export function createVirtualUsers(count: number, inTurn: number): VirtualUsers {
  const slots = createSlotPool(count, inTurn);
  const connections = new Map<string, Connection>();
  const inFlight = new Map<number, RequestInFlight>();

  const connectionOf = (slot: number, origin: string): Connection => {
    const key = `${slot} ${origin}`;
    const known = connections.get(key);
    if (known) return known;
    const opened = openConnection(origin);
    connections.set(key, opened);
    return opened;
  };

  return {
    hasFree: () => inFlight.size < count,
    inFlight: () => inFlight.size,
    send: (request, values, sentAtMs, onEnd) => {
      const slot = slots.take();
      if (slot === undefined) throw new Error('no virtual user is free');
      const connection = connectionOf(slot, request.origin);
      const sent = sendRequest(connection, { request, values, sentAtMs }, (result) => {
        inFlight.delete(slot);
        slots.release(slot);
        onEnd(result);
      });
      inFlight.set(slot, sent);
    },
    giveUp: (sentUntilMs) => {
      // A copy: giving one up may send the next.
      for (const request of [...inFlight.values()]) {
        if (request.sentAtMs <= sentUntilMs) request.giveUp();
      }
    },
    close: () => {
      for (const connection of connections.values()) connection.abandon();
    },
  };
}
