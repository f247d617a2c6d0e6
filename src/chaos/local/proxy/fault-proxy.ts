import type { Socket } from 'node:net';
import { PlimsollError } from '../../../shared/errors.js';
import type { EpochMs } from '../../../shared/time.js';
import { joinConnection, type ConnectionHome } from './connection.js';
import { createListeners } from './listeners.js';
import type { ProxyReplica, ProxyService } from './proxy-handle.js';
import type { ProxyRule } from './proxy-rule.js';
import type { ProxyStats } from './proxy-stats.js';
import { replicaState, trafficOf, type ReplicaState } from './replica-state.js';
import { createRuleBook } from './rule-book.js';
import { createTimers } from './timers.js';

/** The proxy itself, in whatever process it runs. */
export interface FaultProxy {
  setServices(services: readonly ProxyService[]): Promise<void>;
  setReplicas(service: string, replicas: readonly ProxyReplica[]): void;
  setFaults(rules: readonly ProxyRule[]): EpochMs;
  stats(): ProxyStats;
  close(): void;
}

interface ServiceState {
  readonly name: string;
  replicas: readonly ReplicaState[];
  /** Where the round goes on. */
  next: number;
  acceptedConnections: number;
  refusedConnections: number;
}

export function createFaultProxy(nowMs: () => EpochMs): FaultProxy {
  const timers = createTimers(nowMs);
  const book = createRuleBook(timers);
  const services = new Map<string, ServiceState>();
  /** Instances that are gone are kept for the stats, without their connections. */
  const gone: ReplicaState[] = [];
  const listeners = createListeners({
    connection: (name, client) => {
      accept(serviceNamed(name), client);
    },
    dropped: (name) => {
      serviceNamed(name).refusedConnections += 1;
    },
  });

  function serviceNamed(name: string): ServiceState {
    let service = services.get(name);
    if (service === undefined) {
      service = { name, replicas: [], next: 0, acceptedConnections: 0, refusedConnections: 0 };
      services.set(name, service);
    }
    return service;
  }

  function accept(service: ServiceState, client: Socket): void {
    service.acceptedConnections += 1;
    const home: ConnectionHome = {
      timers,
      choose: (tried) => chooseReplica(service, tried),
      refused: () => {
        service.refusedConnections += 1;
      },
    };
    joinConnection(client, home);
  }

  function retire(replicas: readonly ReplicaState[]): void {
    for (const replica of replicas) {
      for (const connection of [...replica.connections]) connection.reset();
      gone.push(replica);
    }
  }

  return {
    async setServices(wanted) {
      await listeners.set(wanted);
      for (const { name } of wanted) serviceNamed(name);
      for (const service of services.values()) {
        if (wanted.some(({ name }) => name === service.name)) continue;
        retire(service.replicas);
        service.replicas = [];
      }
    },
    setReplicas(name, wanted) {
      const service = services.get(name);
      if (service === undefined) {
        throw new PlimsollError('NOT_READY', `the proxy has no service ${name} to give replicas to`, {
          remedy: 'name it in setServices first',
        });
      }
      const before = service.replicas;
      service.replicas = wanted.map((replica) => {
        const known = before.find((state) => state.replica.uid === replica.uid);
        if (known === undefined) return replicaState(name, replica, book.of(replica.uid));
        known.replica = replica;
        return known;
      });
      retire(before.filter((state) => !service.replicas.includes(state)));
    },
    setFaults(rules) {
      book.set(rules);
      for (const { replicas } of services.values()) {
        for (const replica of replicas) {
          replica.faults = book.of(replica.replica.uid);
          for (const connection of [...replica.connections]) connection.faultsChanged();
        }
      }
      return nowMs();
    },
    stats: () => ({
      atMs: nowMs(),
      services: [...services.values()].map(({ name, acceptedConnections, refusedConnections }) => ({
        ...{ service: name, acceptedConnections, refusedConnections },
      })),
      replicas: [...gone, ...[...services.values()].flatMap(({ replicas }) => replicas)].map(trafficOf),
      doses: book.doses(),
    }),
    close() {
      listeners.close();
      for (const { replicas } of services.values()) retire(replicas);
    },
  };
}

/**
 * Round robin, as a cluster's service spreads connections: a replica that is slow or cut off gets its share all the
 * same. Counting the open ones would steer the load away from the fault.
 */
function chooseReplica(service: ServiceState, tried: ReadonlySet<ReplicaState>): ReplicaState | undefined {
  const { replicas } = service;
  for (let step = 0; step < replicas.length; step++) {
    const index = (service.next + step) % replicas.length;
    const replica = replicas[index];
    if (replica === undefined || !replica.replica.ready || tried.has(replica)) continue;
    service.next = index + 1;
    return replica;
  }
  return undefined;
}
