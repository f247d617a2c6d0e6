import { join, resolve } from 'node:path';
import type { Place } from './faults/local-world.js';
import { isManaged, type LocalConfig } from './local-config.js';
import type { SupervisorContext } from './services/replica.js';
import { superviseReplica } from './services/supervise-replica.js';

/** Every replica of the config, each with its supervisor, and every service that the user started. Starts nothing. */
export function listPlaces(
  config: LocalConfig,
  folders: { readonly config: string; readonly logs: string },
  context: SupervisorContext,
): readonly Place[] {
  return Object.entries(config.services).flatMap(([name, service]): Place[] => {
    const { labels, port } = service;
    if (!isManaged(service)) {
      return [{ kind: 'existing', id: name, service: name, labels, port, address: service.address }];
    }
    return Array.from({ length: service.replicas }, (_, index): Place => {
      const id = `${name}-${index + 1}`;
      const spec = {
        ...{ id, service: name, config: service },
        cwd: resolve(folders.config, service.cwd ?? '.'),
        logFile: join(folders.logs, `${id}.log`),
      };
      return { kind: 'replica', id, service: name, labels, port, replica: superviseReplica(spec, context) };
    });
  });
}
