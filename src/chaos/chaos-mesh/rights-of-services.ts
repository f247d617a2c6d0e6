import { grant, type Right } from '../../shared/kubernetes/right.js';
import { ENDPOINT_SLICES, PODS, SERVICES, type Resource } from '../../shared/kubernetes/object-path.js';
import type { ClusterConfig } from './cluster-config.js';
import { placeOf } from './resolve-services.js';

/** `get` is what the web socket of a port-forward is asked for, `create` what newer API servers ask for on top. */
const PORT_FORWARD: Resource = { ...PODS, plural: 'pods/portforward' };

/** What it takes to find the services, and to hold port-forwards to them where that is the way. */
export function rightsOfServices(config: ClusterConfig, isForwarded: boolean): readonly Right[] {
  const places = Object.values(config.services).flatMap((service) =>
    'url' in service ? [] : [placeOf(config, service.service).namespace],
  );
  return [...new Set(places)].flatMap((namespace) => [
    ...grant(SERVICES, ['get'], namespace),
    ...(isForwarded ? rightsToForward(namespace) : []),
  ]);
}

export function rightsToForward(namespace: string): readonly Right[] {
  return [
    ...grant(ENDPOINT_SLICES, ['list', 'watch'], namespace),
    ...grant(PORT_FORWARD, ['get', 'create'], namespace),
  ];
}
