import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { ENDPOINT_SLICES, objectPath } from '../../../shared/kubernetes/object-path.js';
import { watchObjects } from '../../../shared/kubernetes/watch-objects.js';
import type { Logger } from '../../../shared/logger.js';
import type { Clock } from '../../../shared/time.js';
import { createBell } from '../bell.js';
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
  const ended = new AbortController();
  const bell = createBell();
  let isSeen = false;
  const endpoints = (): readonly Endpoint[] => [...slices.values()].flatMap((slice) => slice.endpoints);

  async function follow(): Promise<void> {
    const changes = watchObjects(
      {
        ...{ client, clock, logger },
        path: objectPath(ENDPOINT_SLICES, of.namespace),
        labelSelector: `${SERVICE_LABEL}=${of.service}`,
        pick: (object) => readSlice(object, of.portName),
      },
      ended.signal,
    );
    for await (const change of changes) {
      if (change.type === 'listed') {
        slices.clear();
        for (const slice of change.objects) slices.set(slice.name, slice);
        isSeen = true;
        bell.ring();
      } else if (change.type === 'deleted') slices.delete(change.object.name);
      else slices.set(change.object.name, change.object);
      onChange(endpoints());
    }
  }

  const following = follow();
  following.catch(() => undefined); // a bug in it surfaces at stop()
  const stop = async () => {
    ended.abort();
    await following;
  };
  try {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it is set while this waits
    while (!isSeen) await bell.next(signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoints, stop };
}
