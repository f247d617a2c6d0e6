import type { ServiceDescription } from './environment.js';
import type { PlannedTarget, ServiceInFront } from './fault-injector.js';

/** How much of a service some targets are. */
export interface ServiceShare {
  /** `orders`, or `shop/orders`. */
  readonly service: string;
  /** How many of those that serve would carry a fault. */
  readonly hit: number;
  readonly ready: number;
  /** 0 to 100. */
  readonly percent: number;
}

/**
 * The share of the targets behind each service in front of them; a target counts once, whatever the number of its
 * faults. Empty where nobody has counted what is behind the services.
 */
export function shareOfServices(
  targets: readonly PlannedTarget[],
  services: readonly ServiceDescription[],
): readonly ServiceShare[] {
  const shares = new Map<string, { readonly ready: number; readonly hit: Set<string> }>();
  for (const target of targets) {
    for (const { service, ready } of inFrontOf(target, services)) {
      const share = shares.get(service) ?? { ready, hit: new Set<string>() };
      if (target.ready ?? true) share.hit.add(target.id);
      shares.set(service, share);
    }
  }
  return [...shares].map(([service, { ready, hit }]) => ({
    service,
    hit: hit.size,
    ready,
    percent: ready === 0 ? 0 : (100 * hit.size) / ready,
  }));
}

/** Of a service on this machine the description tells the replicas; 0 where the user started it. */
function inFrontOf(
  { service, behind }: PlannedTarget,
  services: readonly ServiceDescription[],
): readonly ServiceInFront[] {
  if (behind !== undefined) return behind;
  const replicas = services.find(({ name }) => name === service)?.replicas ?? 0;
  return service === undefined || replicas === 0 ? [] : [{ service, ready: replicas }];
}
