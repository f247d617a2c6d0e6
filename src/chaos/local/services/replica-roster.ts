import { messageOf, PlimsollError } from '../../../shared/errors.js';
import type { Logger } from '../../../shared/logger.js';
import type { ProxyHandle, ProxyReplica } from '../proxy/proxy-handle.js';

/**
 * Tells the proxy which replicas a service has. Calls are made one after another, so that the last word is the newest.
 * What a dead proxy cannot be told is no failure of the caller: its end is an event of its own. Never rejects.
 */
export interface ReplicaRoster {
  /** Resolves when the proxy has acknowledged it. */
  put(service: string, replica: ProxyReplica): Promise<void>;
  drop(service: string, id: string): Promise<void>;
}

export function createReplicaRoster(proxy: Pick<ProxyHandle, 'setReplicas'>, logger: Logger): ReplicaRoster {
  const replicas = new Map<string, Map<string, ProxyReplica>>();
  let last = Promise.resolve();

  const change = (service: string, apply: (known: Map<string, ProxyReplica>) => void): Promise<void> => {
    const known = replicas.get(service) ?? new Map<string, ProxyReplica>();
    replicas.set(service, known);
    last = last.then(async () => {
      apply(known);
      try {
        await proxy.setReplicas(service, [...known.values()]);
      } catch (error) {
        if (!(error instanceof PlimsollError)) throw error;
        logger.warn(`the fault proxy was not told the replicas of ${service}: ${messageOf(error)}`);
      }
    });
    return last;
  };

  return {
    put: (service, replica) => change(service, (known) => known.set(replica.id, replica)),
    drop: (service, id) => change(service, (known) => known.delete(id)),
  };
}
