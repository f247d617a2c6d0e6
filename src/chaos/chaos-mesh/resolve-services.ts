import type { Finding } from '../../shared/finding.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath, SERVICES } from '../../shared/kubernetes/object-path.js';
import type { ServiceDescription } from '../environment.js';
import type { ClusterConfig, ClusterReach, ClusterService } from './cluster-config.js';
import type { ServicePort } from './forward/watch-endpoints.js';
import { remedyFor } from './remedy-for.js';

/** A service as it is reached, or how it would be reached by a port-forward that somebody has to open. */
export type ResolvedService =
  | { readonly status: 'reached'; readonly service: ServiceDescription }
  | {
      readonly status: 'to-forward';
      readonly name: string;
      readonly of: ServicePort;
      /** What its pods are selected by. */
      readonly labels: Readonly<Record<string, string>>;
    }
  /** Its service has the address by name. */
  | { readonly status: 'unknown'; readonly service: ServiceDescription; readonly finding: Finding };

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}

/**
 * The addresses behind `{{services.NAME.url}}`.
 *
 * @param used the services that the load names: nothing is forwarded for any other
 */
export async function resolveServices(
  client: KubeClient,
  config: ClusterConfig,
  used: readonly string[],
  signal: AbortSignal,
): Promise<readonly ResolvedService[]> {
  return await Promise.all(
    Object.entries(config.services).map(async ([name, service]) => {
      const reach = reachOf(config.reach, client.isOwnPod);
      // It stands in the plan all the same, and there its name says the most.
      const way = reach === 'forward' && !used.includes(name) ? 'dns' : reach;
      return await resolve(client, config, name, service, way, signal);
    }),
  );
}

type Way = Exclude<ClusterReach, 'auto'>;

function reachOf(reach: ClusterReach | undefined, isOwnPod: boolean): Way {
  if (reach !== undefined && reach !== 'auto') return reach;
  return isOwnPod ? 'dns' : 'forward';
}

/** Where a Service is that may be written `orders` or `shop/orders`. */
export function placeOf(
  { namespace }: Pick<ClusterConfig, 'namespace'>,
  service: string,
): { readonly namespace: string; readonly object: string } {
  const [first = '', second] = service.split('/');
  return second === undefined ? { namespace, object: first } : { namespace: first, object: second };
}

async function resolve(
  client: KubeClient,
  config: ClusterConfig,
  name: string,
  service: ClusterService,
  way: Way,
  signal: AbortSignal,
): Promise<ResolvedService> {
  if ('url' in service) {
    return { status: 'reached', service: { name, url: service.url, replicas: 0, labels: {} } };
  }
  const { namespace, object } = placeOf(config, service.service);
  const byName = `http://${object}.${namespace}.svc:${service.port}`;
  const unknown = (message: string, remedy: string): ResolvedService => ({
    status: 'unknown',
    service: { name, url: byName, replicas: 0, labels: {} },
    finding: {
      severity: 'stop',
      code: 'no-service',
      message: `service "${name}" (${namespace}/${object}): ${message}`,
      remedy,
    },
  });
  let spec: ServiceSpec;
  try {
    const path = objectPath(SERVICES, namespace, object);
    const { body } = await client.send({ method: 'GET', path }, signal);
    spec = (body as KubeObject).spec ?? {};
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return unknown(error.message, remedyFor(error, client.kubectl));
  }
  const { clusterIP = '', selector: labels = {}, ports = [] } = spec;
  const port = ports.find((each) => each.port === service.port);
  if (port === undefined) {
    const there = ports.map((each) => each.port).join(', ');
    return unknown(
      `it has no port ${service.port}`,
      there === '' ? 'It has no port at all.' : `Name a port that it has: ${there}.`,
    );
  }
  if (way === 'forward') {
    return {
      status: 'to-forward',
      name,
      of: { namespace, service: object, portName: port.name ?? '' },
      labels,
    };
  }
  // A headless Service has no address of its own.
  const hasAddress = way === 'address' && clusterIP !== '' && clusterIP !== 'None';
  const url = hasAddress ? addressOf(clusterIP, service.port) : byName;
  return { status: 'reached', service: { name, url, replicas: 0, labels } };
}

function addressOf(ip: string, port: number): string {
  return `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
