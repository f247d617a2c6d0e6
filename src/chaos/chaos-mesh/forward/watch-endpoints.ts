import type { KubeClient, KubeObject } from '../../../shared/kubernetes/kube-client.js';
import { ENDPOINT_SLICES, objectPath } from '../../../shared/kubernetes/object-path.js';
import type { Logger } from '../../../shared/logger.js';
import type { Clock } from '../../../shared/time.js';
import { followObjects } from '../follow-objects.js';
import { readSlice, type Endpoint, type Slice } from './endpoint.js';

/** A port of a Service. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  /** As the Service's own list of ports has it. */
  readonly portName: string;
}

/** The pods behind a Service, as they come and go. */
export interface EndpointWatcher {
  endpoints(): readonly Endpoint[];
  stop(): Promise<void>;
}

export interface EndpointWatcherOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly of: ServicePort;
  /** Called after each change; must not throw. */
  readonly onChange: (endpoints: readonly Endpoint[]) => void;
}

/** Marks the slices of a Service. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Resolves when they have been seen once. Rejects with the signal's reason, with nothing left running. */
export async function watchEndpoints(
  { client, clock, logger, of, onChange }: EndpointWatcherOptions,
  signal: AbortSignal,
): Promise<EndpointWatcher> {
  const slices = new Map<string, Slice>();
  const endpoints = (): readonly Endpoint[] => [...slices.values()].flatMap((slice) => slice.endpoints);
  const watch = {
    ...{ client, clock, logger },
    path: objectPath(ENDPOINT_SLICES, of.namespace),
    labelSelector: `${SERVICE_LABEL}=${of.service}`,
    pick: (object: KubeObject) => readSlice(object, of.portName),
  };
  const stop = await followObjects(
    [watch],
    (change) => {
      if (change.type === 'listed') {
        slices.clear();
        for (const slice of change.objects) slices.set(slice.name, slice);
      } else if (change.type === 'deleted') slices.delete(change.object.name);
      else slices.set(change.object.name, change.object);
      onChange(endpoints());
    },
    signal,
  );
  return { endpoints, stop };
}
