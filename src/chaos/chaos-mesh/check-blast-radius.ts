import type { Finding } from '../../shared/finding.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isForbidden } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, PODS, SERVICES } from '../../shared/kubernetes/object-path.js';
import type { ChaosManifest } from '../manifest.js';
import { takesPodsDown } from './chaos-kinds.js';
import type { ClusterGuards } from './cluster-config.js';
import { isServing, readPod, type Pod } from './pod.js';

/** A Service with the pods behind it. */
export interface ServiceReach {
  /** `shop/orders` */
  readonly id: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly pods: readonly Pod[];
}

/** The Services in front of the targets; none where this identity may not see Services. */
export async function servicesInFront(
  client: KubeClient,
  targets: readonly Pod[],
  signal: AbortSignal,
): Promise<readonly ServiceReach[]> {
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))];
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        const services = await listObjects(
          client,
          { path: objectPath(SERVICES, namespace) },
          readService,
          signal,
        );
        const hit = services.items.filter(({ selector }) =>
          targets.some((pod) => isBehind(pod, namespace, selector)),
        );
        return await Promise.all(
          hit.map(async ({ name, selector }) => {
            const labelSelector = Object.entries(selector)
              .map(([key, value]) => `${key}=${value}`)
              .join(',');
            const query = { path: objectPath(PODS, namespace), labelSelector };
            const { items } = await listObjects(client, query, readPod, signal);
            return { id: `${namespace}/${name}`, selector, pods: items };
          }),
        );
      } catch (error) {
        if (isForbidden(error)) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** Whether the targets are more than the guards of the environment allow. */
export function checkBlastRadius(
  manifest: ChaosManifest,
  targets: readonly Pod[],
  services: readonly ServiceReach[],
  guards: ClusterGuards,
): readonly Finding[] {
  const uids = new Set(targets.map(({ uid }) => uid));
  const findings: Finding[] = [];
  if (guards.maxTargets !== undefined && targets.length > guards.maxTargets) {
    findings.push({
      severity: 'stop',
      code: 'blast-radius',
      message: `${targets.length} pods would carry the fault (${listed(targets)}); the environment's guards.maxTargets allows ${guards.maxTargets}`,
      remedy: 'Select fewer (mode: one), or allow more in the guards of the environment.',
    });
  }
  for (const { id, pods } of services) {
    const serving = pods.filter(isServing);
    const hit = serving.filter(({ uid }) => uids.has(uid)).length;
    const percent = serving.length === 0 ? 0 : (100 * hit) / serving.length;
    if (percent > guards.maxPercent) {
      findings.push({
        severity: 'stop',
        code: 'blast-radius',
        message: `${hit} of ${serving.length} pods behind Service ${id} would carry the fault (${Math.round(percent)} %); the environment's guards.maxPercent allows ${guards.maxPercent}`,
        remedy: 'Select fewer, or allow more in the guards of the environment.',
      });
    }
    const left = serving.length - hit;
    if (hit > 0 && takesPodsDown(manifest) && left < guards.minHealthy) {
      findings.push({
        severity: 'stop',
        code: 'no-healthy-replica',
        message: `${left} of ${serving.length} ready pods behind Service ${id} would be left; the environment's guards.minHealthy asks for ${guards.minHealthy}`,
        remedy:
          'Run more replicas, select fewer, or set guards.minHealthy: 0 where an outage is what is being tried.',
      });
    }
  }
  return findings;
}

function listed(targets: readonly Pod[]): string {
  const ids = targets.slice(0, 5).map(({ id }) => id);
  return targets.length > ids.length ? `${ids.join(', ')}, ...` : ids.join(', ');
}

function readService({ metadata, spec }: KubeObject) {
  const selector = (spec?.selector ?? {}) as Readonly<Record<string, string>>;
  return { name: metadata.name, selector };
}

function isBehind(pod: Pod, namespace: string, selector: Readonly<Record<string, string>>): boolean {
  const labels = Object.entries(selector);
  return (
    pod.namespace === namespace &&
    labels.length > 0 &&
    labels.every(([key, value]) => pod.labels[key] === value)
  );
}
