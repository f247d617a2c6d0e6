import {
  CONTAINER_SECURITY,
  containerSettings,
  k6Arguments,
  podLabels,
  podSettings,
  podVolumes,
  RUNNER_CONTAINER,
} from '../runners/build-pod.js';
import type { PodParts } from '../runners/runner-engine.js';
import { RUNNER_FILE, RUNNER_FOLDER } from '../runners/runner-scripts.js';

/** A Job that has ended goes by itself after this, should nobody have deleted it. */
const TTL_SECONDS = 300;

/**
 * The Job of all runners, suspended: its pods come once the Secret is there that they mount. No pod is replaced: what a
 * runner had measured went with it.
 */
export function buildJob(parts: PodParts): object {
  const { name, runners, config, longestSeconds } = parts;
  const labels = podLabels(parts);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: config.namespace, labels },
    spec: {
      suspend: true,
      completionMode: 'Indexed',
      completions: runners,
      parallelism: runners,
      backoffLimitPerIndex: 0,
      maxFailedIndexes: runners,
      activeDeadlineSeconds: longestSeconds,
      ttlSecondsAfterFinished: TTL_SECONDS,
      template: { metadata: { labels }, spec: podSpec(parts) },
    },
  };
}

function podSpec(parts: PodParts): object {
  const { name, runners, reads } = parts;
  const { env, ...settings } = containerSettings(parts);
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...podSettings(parts, { 'batch.kubernetes.io/job-name': name }),
    containers: [
      {
        name: RUNNER_CONTAINER,
        ...settings,
        command: ['sh', `${RUNNER_FOLDER}/${RUNNER_FILE}`],
        args: k6Arguments(reads),
        env: [{ name: 'PLIMSOLL_RUNNERS', value: String(runners) }, ...env],
        securityContext: CONTAINER_SECURITY,
      },
    ],
    volumes: podVolumes(parts),
  };
}
