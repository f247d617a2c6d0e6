import type { Finding } from '../../../shared/finding.js';
import { checkRights } from '../../../shared/kubernetes/check-rights.js';
import { listObjects } from '../../../shared/kubernetes/list-objects.js';
import { ENDPOINT_SLICES, objectPath } from '../../../shared/kubernetes/object-path.js';
import type { ServiceDescription } from '../../environment.js';
import type { ClusterAccess } from '../cluster-access.js';
import { orFinding } from '../or-finding.js';
import type { ResolvedService } from '../resolve-services.js';
import { rightsToForward } from '../rights-of-services.js';
import { readSlice } from './endpoint.js';
import { forwardService } from './forward-service.js';
import { SERVICE_LABEL } from './watch-endpoints.js';

type ToForward = Extract<ResolvedService, { readonly status: 'to-forward' }>;

/** The port-forwards of a run: one for each service that the load names. */
export interface ServiceForwards {
  readonly services: readonly ServiceDescription[];
  preflight(signal: AbortSignal): Promise<readonly Finding[]>;
  start(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** Takes the ports, so that the plan can name them. Nothing is forwarded yet. */
export async function openForwards(
  access: Pick<ClusterAccess, 'client' | 'clock' | 'logger' | 'onEvent'>,
  wanted: readonly ToForward[],
): Promise<ServiceForwards> {
  const { client, clock, logger, onEvent } = access;
  const forwards = await Promise.all(
    wanted.map(async ({ of }) => {
      const emit = (kind: string, message: string, target?: string): void => {
        onEvent({ atMs: clock.nowMs(), kind, message, ...(target === undefined ? {} : { target }) });
      };
      return await forwardService({ client, clock, logger, of, emit });
    }),
  );
  return {
    services: wanted.map(({ name, labels }, index) => ({
      name,
      url: `http://127.0.0.1:${forwards[index]?.port ?? 0}`,
      replicas: 0,
      labels,
    })),
    async preflight(signal) {
      const found = await Promise.all(
        wanted.map(
          async (each) =>
            await orFinding(async () => await checkForward(access, each, signal), client.kubectl),
        ),
      );
      return found.flat();
    },
    async start(signal) {
      await Promise.all(
        forwards.map(async (forward) => {
          await forward.start(signal);
        }),
      );
    },
    async stop() {
      await Promise.all(
        forwards.map(async (forward) => {
          await forward.stop();
        }),
      );
    },
  };
}

async function checkForward(
  { client }: Pick<ClusterAccess, 'client'>,
  { name, of }: ToForward,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const missing = await checkRights(client, rightsToForward(of.namespace), signal);
  if (missing.length > 0) return missing;
  const query = {
    path: objectPath(ENDPOINT_SLICES, of.namespace),
    labelSelector: `${SERVICE_LABEL}=${of.service}`,
  };
  const { items } = await listObjects(client, query, (object) => readSlice(object, of.portName), signal);
  const isThere = items.some(({ endpoints }) => endpoints.some(({ ready }) => ready));
  return isThere ? [describeForward(name, of)] : [describeForward(name, of), noEndpoint(name, of)];
}

function describeForward(name: string, of: ToForward['of']): Finding {
  return {
    severity: 'warning',
    code: 'port-forward',
    message:
      `${name} (${of.namespace}/${of.service}) is reached through a port-forward: every request goes through the API server and the kubelet ` +
      'to the loopback of a pod, which takes milliseconds that no client of the service sees, and faults in the network of these pods do not act on it',
    remedy:
      'Absolute latencies mean little this way. Give the service a url that leads through an ingress, or run Plimsoll in the cluster (reach: dns).',
  };
}

function noEndpoint(name: string, { namespace, service }: ToForward['of']): Finding {
  return {
    severity: 'stop',
    code: 'no-endpoint',
    message: `${name} (${namespace}/${service}) has no ready pod behind it`,
    remedy: `Look with: kubectl -n ${namespace} get endpointslices -l ${SERVICE_LABEL}=${service}`,
  };
}
