import type { Finding } from '../../shared/finding.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { objectPath, SERVICES } from '../../shared/kubernetes/object-path.js';
import type { ServiceDescription } from '../environment.js';
import { grant, type Right } from '../../shared/kubernetes/check-rights.js';
import type { ClusterConfig, ClusterService } from './cluster-config.js';
import { remedyFor } from './remedy-for.js';

export interface ResolvedServices {
  readonly services: readonly ServiceDescription[];
  /** What could not be resolved; its service has the address by name. */
  readonly findings: readonly Finding[];
}

/** The addresses behind `{{services.NAME.url}}`. A Service's own address can be reached inside the cluster's network only. */
export async function resolveServices(
  client: KubeClient,
  config: ClusterConfig,
  signal: AbortSignal,
): Promise<ResolvedServices> {
  const resolved = await Promise.all(
    Object.entries(config.services).map(
      async ([name, service]) => await resolve(client, config, name, service, signal),
    ),
  );
  return {
    services: resolved.map(({ service }) => service),
    findings: resolved.flatMap(({ finding }) => (finding === undefined ? [] : [finding])),
  };
}

/** What it takes to ask for the addresses. */
export function rightsOfServices(config: ClusterConfig): readonly Right[] {
  const places = Object.values(config.services).flatMap((service) =>
    'url' in service ? [] : [placeOf(config, service.service).namespace],
  );
  return [...new Set(places)].flatMap((namespace) => grant(SERVICES, ['get'], namespace));
}

function placeOf(
  { namespace }: ClusterConfig,
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
  signal: AbortSignal,
): Promise<{ readonly service: ServiceDescription; readonly finding?: Finding }> {
  if ('url' in service) return { service: { name, url: service.url, replicas: 0, labels: {} } };
  const { namespace, object } = placeOf(config, service.service);
  const byName = `http://${object}.${namespace}.svc:${service.port}`;
  try {
    const { body } = await client.send(
      { method: 'GET', path: objectPath(SERVICES, namespace, object) },
      signal,
    );
    const { clusterIP, selector } = ((body as KubeObject).spec ?? {}) as {
      readonly clusterIP?: string;
      readonly selector?: Readonly<Record<string, string>>;
    };
    // A headless Service has no address of its own.
    const url =
      clusterIP === undefined || clusterIP === '' || clusterIP === 'None'
        ? byName
        : addressOf(clusterIP, service.port);
    return { service: { name, url, replicas: 0, labels: selector ?? {} } };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const finding: Finding = {
      severity: 'stop',
      code: 'no-service',
      message: `service "${name}" (${namespace}/${object}): ${error.message}`,
      remedy: remedyFor(error, client.kubectl),
    };
    return { service: { name, url: byName, replicas: 0, labels: {} }, finding };
  }
}

function addressOf(ip: string, port: number): string {
  return `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
