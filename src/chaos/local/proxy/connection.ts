import { connect, type Socket } from 'node:net';
import type { HeldThing, Hold } from './delay-line.js';
import { createHttpStage, type HttpStage, type Speaker } from './http/http-stage.js';
import { createLane, type Lane } from './lane.js';
import type { ReplicaState, Resettable } from './replica-state.js';
import { holdsBy, type PartitionState } from './rule-states.js';
import { createStartGate, type StartGate } from './start-gate.js';
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
  let gate: StartGate | undefined;
  let hasClientEnded = false;
  let seenPartitions: readonly PartitionState[] = [];
  let http: HttpStage | undefined;
  let spokeLast: Speaker = 'nobody';
  /** Those of the bytes that were read last, until the first that comes of them is passed on. */
  let holdsAtHand = NO_HOLDS;

  const toReplica = createLane(client, timers, {
    reset,
    written: (bytes) => {
      if (replica !== undefined) replica.bytesToReplica += bytes;
    },
  });
  const self: Resettable = { faultsChanged, reset };

  client.on('data', (bytes) => {
    if (http === undefined) toReplica.pass(bytes, NO_HOLDS);
    else http.fromClient(bytes, spokeLast);
    spokeLast = 'client';
    if (http?.isIdle === true) steerHttp();
  });
  client.on('end', () => {
    hasClientEnded = true;
    if (http === undefined) toReplica.pass('end', NO_HOLDS);
    else http.clientEnded();
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
    phase = 'held';
    tried.add(replica);
    replica.connections.add(self);
    gate = createStartGate(replica.faults.delays, timers);
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
    steerHttp();
    if (phase === 'held') tryStart();
  }

  /** Reads the connection as HTTP while a rule wants it, and to the end of what is under way. */
  function steerHttp(): void {
    const https = replica?.faults.https ?? [];
    if (https.length === 0) {
      if (http?.isIdle === true) http = undefined;
      return;
    }
    http ??= createHttpStage(() => replica?.faults.https ?? [], spokeLast === 'nobody', {
      toReplica: toReplica.pass,
      toClient(parcel, holds) {
        toClient?.pass(parcel, [...holdsAtHand, ...holds]);
        holdsAtHand = NO_HOLDS;
      },
      abort() {
        (toClient ?? toReplica).pass('reset', NO_HOLDS);
      },
    });
  }

  function tryStart(): void {
    if (replica === undefined || gate?.isOpen(tryStart) !== true) return;
    if (replica.faults.partitions.length === 0) connectTo(replica);
    // Through a partition the handshake could never have ended: who gives up now was never connected.
    else if (hasClientEnded) reset();
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
      spokeLast = 'replica';
      if (http === undefined) {
        lane.pass(bytes, chunkHolds('chunk'));
        return;
      }
      holdsAtHand = chunkHolds('chunk');
      http.fromReplica(bytes);
      if (http.isIdle) steerHttp();
    });
    socket.on('end', () => {
      holdsAtHand = chunkHolds('close');
      if (http === undefined) lane.pass('end', holdsAtHand);
      else http.replicaEnded();
    });
    toReplica.connect(socket);
  }

  function chunkHolds(what: HeldThing): readonly Hold[] {
    const delays = replica?.faults.delays ?? [];
    return delays.length === 0 ? NO_HOLDS : holdsBy(delays, what);
  }

  function reset(): void {
    phase = 'over';
    gate?.close();
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
