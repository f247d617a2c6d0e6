import type { Finding } from '../../shared/finding.js';
import type { ChaosManifest } from '../manifest.js';
import { nestedComposites } from './chaos-kinds.js';

/** What no schema says, and what makes a fault miss its aim in silence. */
export function warnAboutSpec({ kind, spec }: ChaosManifest): readonly Finding[] {
  const findings: Finding[] = [];
  const { direction = 'to', target, externalTargets, action } = spec;
  if (kind === 'NetworkChaos') {
    if (direction === 'to' && target !== undefined) {
      findings.push(
        warning(
          'misses-services',
          'direction "to" with a target misses what goes through a Service: the filter holds the addresses of pods',
          'Select the answering side too (direction: both), and see in the dose whether the fault bites.',
        ),
      );
    }
    const cutsOff = action === 'partition' && externalTargets !== undefined;
    if (direction !== 'to' && target === undefined && !cutsOff) {
      findings.push(
        stop(
          'no-other-side',
          `direction "${String(direction)}" needs a target`,
          'Write target: {mode, selector}.',
        ),
      );
    }
    if (direction !== 'to' && externalTargets !== undefined && action !== 'partition') {
      findings.push(
        stop(
          'no-other-side',
          `direction "${String(direction)}" cannot be combined with externalTargets, but for a partition`,
          'Use direction: to.',
        ),
      );
    }
  }
  for (const nested of nestedComposites({ kind, spec })) {
    findings.push(
      stop(
        'not-followed',
        `a ${nested} inside a ${kind} makes faults that cannot be followed, and so not proven`,
        'Make it a fault of the experiment by itself.',
      ),
    );
  }
  if (typeof spec.remoteCluster === 'string' && spec.remoteCluster !== '') {
    findings.push(
      warning(
        'remote-cluster',
        `the object is copied to cluster "${spec.remoteCluster}", and errors over there are not told here`,
        'Point an environment at that cluster itself.',
      ),
    );
  }
  return findings;
}

function warning(code: string, message: string, remedy: string): Finding {
  return { severity: 'warning', code, message, remedy };
}

function stop(code: string, message: string, remedy: string): Finding {
  return { severity: 'stop', code, message, remedy };
}
