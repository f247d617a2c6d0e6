import type { Finding } from '../../shared/finding.js';
import { grant } from '../../shared/kubernetes/right.js';
import type { KubeClient, KubeObject } from '../../shared/kubernetes/kube-client.js';
import { isNotFound } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { CONFIG_MAPS, objectPath, PODS, TEST_RUNS } from '../../shared/kubernetes/object-path.js';
import { rightsOfRunners } from '../runners/rights-of-runners.js';
import type { RunnerEngine } from '../runners/runner-engine.js';
import { tryObject } from '../runners/try-object.js';
import { buildTestRun, OPERATOR_POD_LABELS } from './build-test-run.js';
import { createTestRunDriver, selectorOf } from './create-test-run-driver.js';

/** Runners as the pods that the k6-operator makes of a TestRun. */
export const OPERATOR_ENGINE: RunnerEngine = {
  kind: 'TestRun',
  resource: TEST_RUNS,
  podLabels: OPERATOR_POD_LABELS,
  // Where the operator looks whether k6 has begun.
  furtherArguments: ['--address=0.0.0.0:6565'],
  missing: async (client, signal) => ((await isInstalled(client, signal)) ? [] : [notInstalled(client)]),
  rights: (namespace) => [
    ...rightsOfRunners(TEST_RUNS, ['create', 'get', 'delete'], namespace),
    ...grant(CONFIG_MAPS, ['create'], namespace),
  ],
  tryOut: async (parts, signal) => {
    const found = await tryObject(OPERATOR_ENGINE, parts, buildTestRun(parts), signal, 'Strict');
    return found.map(explainOld);
  },
  createDriver: createTestRunDriver,
  countActive: async (client, { metadata }, signal) => await countRunning(client, metadata, signal),
};

async function isInstalled(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  const { group, version, plural } = TEST_RUNS;
  try {
    const { body } = await client.send({ method: 'GET', path: `/apis/${group}/${version}` }, signal);
    const { resources = [] } = body as { resources?: readonly { readonly name: string }[] };
    return resources.some(({ name }) => name === plural);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function notInstalled({ server }: KubeClient): Finding {
  return {
    severity: 'stop',
    code: 'k6-operator-missing',
    message: `${server} knows no TestRun of k6.io/v1alpha1: the k6-operator is not installed there`,
    remedy: 'install it, or leave runners.engine out of the environment: a Job needs nothing installed',
  };
}

/** An operator whose CRD lacks a field drops it without a word: its runners would not be those that are meant. */
function explainOld(finding: Finding): Finding {
  if (!finding.message.includes('unknown field')) return finding;
  return {
    ...finding,
    remedy:
      'take a version of the k6-operator whose CRD has the field, or leave runners.engine out of the environment',
  };
}

/** The TestRun itself does not tell: its stage stays where it is when the operator is away. */
async function countRunning(
  client: KubeClient,
  { name, namespace }: KubeObject['metadata'],
  signal: AbortSignal,
): Promise<number> {
  const query = { path: objectPath(PODS, namespace), labelSelector: selectorOf(name) };
  const { items } = await listObjects(client, query, ({ status }) => status?.phase, signal);
  return items.filter((phase) => phase === 'Running' || phase === 'Pending').length;
}
