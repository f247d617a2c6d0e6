import {
  CONTAINER_SECURITY,
  containerSettings,
  podLabels,
  podSettings,
  podVolumes,
  runLabels,
} from '../runners/build-pod.js';
import type { PodParts } from '../runners/runner-engine.js';
import { RUNNER_FOLDER } from '../runners/runner-scripts.js';
import { STAND_IN_FILE } from './stand-in.js';

/** The name of the script that the operator hands to k6. */
export const SCRIPT_FILE = 'plimsoll.js';
/** That of the images of k6 and of most others; a container cannot add to what its image says. */
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const STARTER_USER = 12345;

/** What the operator labels the pods of the runners with, beside `k6_cr`. */
export const OPERATOR_POD_LABELS: Readonly<Record<string, string>> = { app: 'k6', runner: 'true' };

/** What all pods of the runners of a TestRun have, and no other pod. */
export function testRunPodLabels(name: string): Readonly<Record<string, string>> {
  return { ...OPERATOR_POD_LABELS, k6_cr: name };
}

/** The TestRun of all runners: the operator makes a Job of one pod for each, and replaces none. */
export function buildTestRun(parts: PodParts): object {
  const { name, runId, runners, config } = parts;
  const { labels } = config;
  const { env, ...settings } = containerSettings(parts);
  const { topologySpreadConstraints, securityContext, ...anyPod } = podSettings(
    parts,
    testRunPodLabels(name),
  );
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name, namespace: config.namespace, labels: { ...labels, ...runLabels(runId) } },
    spec: {
      parallelism: runners,
      script: { configMap: { name, file: SCRIPT_FILE } },
      // The runners agree on their start themselves.
      paused: 'false',
      // The script has been packed and looked at; what the operator would look at is no script.
      initializer: { disabled: true },
      // Once the last runner has ended, should nobody have deleted it.
      cleanup: 'post',
      runner: {
        ...anyPod,
        topologySpreadConstraints,
        securityContext,
        ...settings,
        automountServiceAccountToken: 'false',
        metadata: { labels: podLabels(parts) },
        env: [{ name: 'PATH', value: `${RUNNER_FOLDER}:${SEARCH_PATH}` }, ...env],
        containerSecurityContext: CONTAINER_SECURITY,
        volumes: podVolumes(parts, [STAND_IN_FILE]),
        // The operator's own asks k6 over HTTP: k6 would have to answer before it starts and after it has ended.
        livenessProbe: { exec: { command: ['true'] }, periodSeconds: 3600 },
      },
      // A pod that curls each k6 to go on, once it answers: they have begun by then.
      starter: {
        ...anyPod,
        // Its image names a user whose number nobody can know.
        securityContext: { ...securityContext, runAsUser: STARTER_USER },
        automountServiceAccountToken: 'false',
        containerSecurityContext: CONTAINER_SECURITY,
      },
    },
  };
}

/**
 * What the operator takes for the script. It needs a ConfigMap, which is no place for headers and tokens: the load is in
 * the Secret. A k6 that reads this has been started by mistake.
 */
export function buildScriptMap({ name, runId, config }: PodParts, owner: object): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: config.namespace, labels: runLabels(runId), ownerReferences: [owner] },
    data: {
      [SCRIPT_FILE]: `throw new Error('the pod did not look for k6 in ${RUNNER_FOLDER} first: its load is there');\n`,
    },
  };
}
