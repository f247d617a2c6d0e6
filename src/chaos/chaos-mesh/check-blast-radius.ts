import type { Finding } from '../../shared/finding.js';
import type { ChaosManifest } from '../manifest.js';
import { takesPodsDown } from './chaos-kinds.js';
import type { ClusterGuards } from './cluster-config.js';
import { isServing, type Pod } from './pod.js';
import type { ServiceReach } from './services-in-front.js';

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
