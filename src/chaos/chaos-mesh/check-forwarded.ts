import type { Finding } from '../../shared/finding.js';
import type { PlannedFault } from '../fault-injector.js';
import type { ForwardedService } from './cluster-access.js';
import type { Pod } from './pod.js';

const REMEDY =
  'Give the service a url that leads through an ingress, or run Plimsoll where pods can be reached (reach: dns or address).';

/**
 * Whether the load goes around a fault: what comes through a port-forward enters a pod by its loopback, and a fault in
 * the network acts on the pod's other interface. It was measured: 200 ms of delay added nothing to forwarded requests.
 */
export function checkForwarded(
  { manifest, dose }: PlannedFault,
  pods: readonly Pod[],
  forwarded: readonly ForwardedService[],
): readonly Finding[] {
  const { kind, spec } = manifest;
  if (kind !== 'NetworkChaos' && kind !== 'HTTPChaos') return [];
  const missed = forwarded.filter((service) => pods.some((pod) => isBehind(pod, service)));
  if (missed.length === 0) return [];
  const names = missed.map(({ name }) => name).join(', ');
  const message = `the load reaches ${names} through a port-forward, and ${kind} does not act on what comes into a pod that way`;
  if (kind === 'HTTPChaos') return [warning(message, REMEDY)];
  if (spec.target !== undefined || spec.externalTargets !== undefined) {
    return [warning(`${message}; it acts only between these pods and what the fault has as its target`, '')];
  }
  if (dose === 'off') {
    return [warning(`${message}; it acts only on what these pods themselves send to others`, REMEDY)];
  }
  return [
    {
      severity: 'stop',
      code: 'missed-by-forward',
      message: `${message}: the requests would not meet it at all`,
      remedy: `${REMEDY} Where it is meant for what these pods send to others, say so with dose: off on the fault.`,
    },
  ];
}

function warning(message: string, remedy: string): Finding {
  return { severity: 'warning', code: 'missed-by-forward', message, remedy };
}

function isBehind(pod: Pod, { namespace, labels }: ForwardedService): boolean {
  const wanted = Object.entries(labels);
  return (
    pod.namespace === namespace &&
    wanted.length > 0 &&
    wanted.every(([key, value]) => pod.labels[key] === value)
  );
}
