import { PlimsollError } from '../../shared/errors.js';
import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { CONFIG_MAPS, objectPath, SECRETS, TEST_RUNS } from '../../shared/kubernetes/object-path.js';
import type { DurationMs } from '../../shared/time.js';
import { buildSecret, ownerReference, RUNNER_CONTAINER } from '../runners/build-pod.js';
import { createFor } from '../runners/create-for.js';
import { deleteObject } from '../runners/delete-object.js';
import type { RunnerEngineDriver, RunnerParts } from '../runners/runner-engine.js';
import { buildScriptMap, buildTestRun, testRunPodLabels } from './build-test-run.js';
import { buildStandIn, STAND_IN_FILE } from './stand-in.js';

const LOOK_MS: DurationMs = 1000;

/** Runners as the pods that the k6-operator makes of one TestRun. */
export function createTestRunDriver(parts: RunnerParts): RunnerEngineDriver {
  const { name, client, clock, config } = parts;
  const { namespace } = config;
  const path = objectPath(TEST_RUNS, namespace, name);
  /** Undefined before it has been looked at; empty before the operator has taken it up. */
  let stage: string | undefined;

  const look = async (signal: AbortSignal): Promise<void> => {
    try {
      const { body } = await client.send({ method: 'GET', path }, signal);
      stage = stageOf(body as KubeObject);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeError)) throw error;
      if (isNotFound(error)) throw refused(parts, 'is gone before its runners came');
      // Any other answer tells nothing of the TestRun: the pods, or the deadline, will.
    }
    if (stage === 'error') throw refused(parts, 'is in stage error');
  };
  return {
    namespace,
    labelSelector: selectorOf(name),
    container: RUNNER_CONTAINER,
    indexOf: ({ metadata }) => indexOfJob(name, metadata.labels?.['job-name'] ?? ''),
    create: (signal) => createFor('TestRun', () => createTestRun(parts, signal)),
    refused: async (signal) => {
      for (;;) {
        await look(signal);
        await clock.sleep(LOOK_MS, signal);
      }
    },
    delay: () => {
      if (stage === undefined) return undefined;
      if (stage !== '') return `the TestRun is in stage ${stage}`;
      return 'no k6-operator has taken up the TestRun: its CRD is there, and its controller does not run or does not watch this namespace';
    },
    remove: () => deleteObject({ client, clock, resource: TEST_RUNS, namespace, name, what: 'TestRun' }),
  };
}

export function selectorOf(name: string): string {
  return Object.entries(testRunPodLabels(name))
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}

/** The TestRun first: what its pods mount goes with it, and until it is there they wait. */
async function createTestRun(parts: RunnerParts, signal: AbortSignal): Promise<void> {
  const { client, config, archive, reads } = parts;
  const { namespace } = config;
  const { packed } = await archive(signal);
  const { body } = await client.send(
    { method: 'POST', path: objectPath(TEST_RUNS, namespace), body: buildTestRun(parts) },
    signal,
  );
  const testRun = body as KubeObject;
  const secret = buildSecret(parts, packed, testRun, { [STAND_IN_FILE]: buildStandIn(reads) });
  await client.send({ method: 'POST', path: objectPath(SECRETS, namespace), body: secret }, signal);
  const script = buildScriptMap(parts, ownerReference(testRun));
  await client.send({ method: 'POST', path: objectPath(CONFIG_MAPS, namespace), body: script }, signal);
}

function stageOf({ status }: KubeObject): string {
  return typeof status?.stage === 'string' ? status.stage : '';
}

/** The operator numbers its Jobs from 1: `k6-...-2` is runner 1. */
function indexOfJob(name: string, job: string): number {
  return job.startsWith(`${name}-`) ? Number(job.slice(name.length + 1)) - 1 : NaN;
}

function refused({ name, client, config }: RunnerParts, what: string): PlimsollError {
  return new PlimsollError(
    'LOAD_FAILED',
    `the k6-operator does not run the load: TestRun ${config.namespace}/${name} ${what}`,
    {
      remedy: `its log says why; the operator is where this finds it: ${client.kubectl} get deployments -A -l app.kubernetes.io/name=k6-operator`,
    },
  );
}
