import type { Finding } from '../../shared/finding.js';
import type { ChaosManifest } from '../manifest.js';

/** What makes a fault miss its aim in silence, though the object is right. What makes it wrong is refused with its file. */
export function warnAboutSpec({ kind, spec }: ChaosManifest): readonly Finding[] {
  const findings: Finding[] = [];
  const { direction = 'to', target, remoteCluster } = spec;
  if (kind === 'NetworkChaos' && direction === 'to' && target !== undefined) {
    findings.push({
      severity: 'warning',
      code: 'misses-services',
      message:
        'direction "to" with a target misses what goes through a Service: the filter holds the addresses of pods',
      remedy: 'Select the answering side too (direction: both), and see in the dose whether the fault bites.',
    });
  }
  if (typeof remoteCluster === 'string' && remoteCluster !== '') {
    findings.push({
      severity: 'warning',
      code: 'remote-cluster',
      message: `the object is copied to cluster "${remoteCluster}", and errors over there are not told here`,
      remedy: 'Point an environment at that cluster itself.',
    });
  }
  return findings;
}
