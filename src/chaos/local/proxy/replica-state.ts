import type { ProxyReplica } from './proxy-handle.js';
import type { ReplicaTraffic } from './proxy-stats.js';
import type { ReplicaFaults } from './rule-book.js';

/** What the proxy knows of an instance of a replica. */
export interface ReplicaState {
  readonly service: string;
  /** With the uid it had at first; the rest may change. */
  replica: ProxyReplica;
  faults: ReplicaFaults;
  readonly connections: Set<Resettable>;
  acceptedConnections: number;
  bytesToReplica: number;
  bytesFromReplica: number;
}

export interface Resettable {
  /** The faults of its replica are others now. */
  faultsChanged(): void;
  /** Ends it at once, with a reset to both sides. */
  reset(): void;
}

export function replicaState(service: string, replica: ProxyReplica, faults: ReplicaFaults): ReplicaState {
  return {
    ...{ service, replica, faults, connections: new Set() },
    ...{ acceptedConnections: 0, bytesToReplica: 0, bytesFromReplica: 0 },
  };
}

export function trafficOf(state: ReplicaState): ReplicaTraffic {
  const { service, replica, connections, acceptedConnections, bytesToReplica, bytesFromReplica } = state;
  return {
    ...{ service, id: replica.id, uid: replica.uid, openConnections: connections.size },
    ...{ acceptedConnections, bytesToReplica, bytesFromReplica },
  };
}
