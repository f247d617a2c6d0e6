import { connect, type Socket } from 'node:net';
import { dueOf, release, type Hold } from './delay-line.js';
import { createLane, type Lane } from './lane.js';
import type { ReplicaState, Resettable } from './replica-state.js';
import type { DelayState, PartitionState } from './rule-states.js';
import type { Timers } from './timers.js';

/** What a connection needs of the service that it came to. */
export interface ConnectionHome {
  readonly timers: Timers;
  /** The next ready replica that is not among those already tried. */
  choose(tried: ReadonlySet<ReplicaState>): ReplicaState | undefined;
  /** No replica was ready, or none could be reached; the client is reset. */
  refused(): void;
}

/** How long a replica may take to accept; on the same machine it answers at once or never. */
const CONNECT_MS = 10_000;
const NO_HOLDS: readonly Hold[] = [];

/** Joins a client with a replica, by way of the faults of that replica. It ends by itself with its two sockets. */
export function joinConnection(client: Socket, home: ConnectionHome): void {
  const { timers } = home;
  const tried = new Set<ReplicaState>();
  let replica: ReplicaState | undefined;
  let upstream: Socket | undefined;
  let toClient: Lane | undefined;
  let phase: 'held' | 'connecting' | 'joined' | 'over' = 'held';
  let start: { readonly atMs: number; readonly holds: readonly Hold[]; callOff?: () => void } | undefined;
  let hasClientEnded = false;
  let seenPartitions: readonly PartitionState[] = [];

  const toReplica = createLane(client, timers, {
    reset,
    written: (bytes) => {
      if (replica !== undefined) replica.bytesToReplica += bytes;
    },
  });
  const self: Resettable = { faultsChanged, reset };

  client.on('data', (bytes) => {
    toReplica.pass(bytes, NO_HOLDS);
  });
  client.on('end', () => {
    hasClientEnded = true;
    toReplica.pass('end', NO_HOLDS);
    if (phase === 'held') tryStart();
  });
  client.on('error', () => undefined); // `close` says it too
  client.on('close', (hadError) => {
    if (phase !== 'joined') reset();
    else if (hadError) breakOff(toClient, toReplica, NO_HOLDS);
    leaveWhenOver();
  });
  chooseReplica();

  function chooseReplica(): void {
    replica?.connections.delete(self);
    replica = home.choose(tried);
    if (replica === undefined) {
      home.refused();
      reset();
      return;
    }
    tried.add(replica);
    replica.connections.add(self);
    phase = 'held';
    const atMs = timers.nowMs();
    start = { atMs, holds: replica.faults.delays.map((rule) => holdOf(rule, 'connection')) };
    faultsChanged();
  }

  function faultsChanged(): void {
    if (replica === undefined || phase === 'over') return;
    const { bandwidths, partitions } = replica.faults;
    for (const state of partitions) if (!seenPartitions.includes(state)) state.connectionsHeld += 1;
    seenPartitions = partitions;
    // A connection that was not made yet needs both directions.
    const towards = partitions.filter(({ fault }) => phase !== 'joined' || fault.direction !== 'to');
    toReplica.setFaults({ bandwidths: [], partitions: towards });
    toClient?.setFaults({
      bandwidths,
      partitions: partitions.filter(({ fault }) => fault.direction !== 'from'),
    });
    if (phase === 'held') tryStart();
  }

  /** Makes the connection to the replica once its start is no longer held. */
  function tryStart(): void {
    if (replica === undefined || start === undefined) return;
    start.callOff?.();
    delete start.callOff;
    if (replica.faults.partitions.length > 0) {
      // Its handshake could never have ended: who gives up now was never connected.
      if (hasClientEnded) reset();
      return;
    }
    const dueMs = dueOf(start.holds, start.atMs);
    const nowMs = timers.nowMs();
    if (dueMs > nowMs) {
      start.callOff = timers.at(dueMs, tryStart);
      return;
    }
    release(start.holds, nowMs - start.atMs);
    start = undefined;
    connectTo(replica);
  }

  function connectTo(target: ReplicaState): void {
    phase = 'connecting';
    const { host, port } = target.replica;
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    upstream = socket;
    socket.setTimeout(CONNECT_MS, () => socket.destroy());
    socket.on('error', () => undefined); // `close` says it too
    socket.on('connect', () => {
      socket.setTimeout(0);
      if (phase === 'connecting') joinWith(target, socket);
      else socket.destroy();
    });
    socket.on('close', (hadError) => {
      if (phase === 'connecting' && upstream === socket) chooseReplica();
      else if (phase === 'joined' && hadError) breakOff(toReplica, toClient, chunkHolds('close'));
      leaveWhenOver();
    });
  }

  function joinWith(target: ReplicaState, socket: Socket): void {
    phase = 'joined';
    target.acceptedConnections += 1;
    const lane = createLane(socket, timers, { reset, written: () => undefined });
    toClient = lane;
    lane.connect(client);
    faultsChanged();
    socket.on('data', (bytes) => {
      target.bytesFromReplica += bytes.length;
      lane.pass(bytes, chunkHolds('chunk'));
    });
    socket.on('end', () => {
      lane.pass('end', chunkHolds('close'));
    });
    toReplica.connect(socket);
  }

  function chunkHolds(what: Hold['what']): readonly Hold[] {
    const delays = replica?.faults.delays ?? [];
    return delays.length === 0 ? NO_HOLDS : delays.map((rule) => holdOf(rule, what));
  }

  function reset(): void {
    phase = 'over';
    start?.callOff?.();
    toReplica.discard();
    toClient?.discard();
    if (!client.destroyed) client.resetAndDestroy();
    if (upstream?.connecting === true) upstream.destroy();
    else if (upstream?.destroyed === false) upstream.resetAndDestroy();
    replica?.connections.delete(self);
  }

  function leaveWhenOver(): void {
    if (client.destroyed && upstream?.destroyed !== false) {
      phase = 'over';
      replica?.connections.delete(self);
    }
  }
}

/** One side has broken off: nothing can reach it any more, and the other is told behind all that came before. */
function breakOff(towardsIt: Lane | undefined, fromIt: Lane | undefined, holds: readonly Hold[]): void {
  towardsIt?.discard();
  fromIt?.pass('reset', holds);
}

function holdOf(rule: DelayState, what: Hold['what']): Hold {
  return { rule, ms: rule.draw(), what };
}
