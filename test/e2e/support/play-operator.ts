import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKubeClient } from '../../../src/shared/kubernetes/create-kube-client.js';
import type { KubeClient, KubeObject } from '../../../src/shared/kubernetes/kube-client.js';
import { isNotFound } from '../../../src/shared/kubernetes/kube-error.js';
import { listObjects } from '../../../src/shared/kubernetes/list-objects.js';
import {
  JOBS,
  objectPath,
  PODS,
  SERVICES,
  TEST_RUNS,
  type Resource,
} from '../../../src/shared/kubernetes/object-path.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { operatorCommand } from '../../support/operator-command.js';
import { waitUntil } from '../../support/wait-until.js';
import { kubeconfig, kubectl, kubectlApply } from './kubectl.js';

/**
 * Stands for the k6-operator, which cannot be installed on the cluster of the tests: takes TestRuns through the same stages,
 * with the same Jobs, Services and command lines, as its sources have it (internal/controller, pkg/resources/jobs). It has no
 * initializer, and asks k6 to go on by itself where the operator has a pod do it.
 */
export interface PlayedOperator {
  /** Every stage that it gave to a TestRun. */
  readonly stages: string[];
  /** What k6 answered when it was asked to go on. */
  readonly answers: number[];
  /** From now on it refuses TestRuns, or does not see them. */
  become(mood: 'working' | 'refusing' | 'asleep'): void;
  close(): Promise<void>;
}

interface Pod {
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly automountServiceAccountToken?: string;
  readonly serviceAccountName?: string;
  readonly metadata?: { readonly labels?: Record<string, string> };
  readonly nodeSelector?: object;
  readonly tolerations?: object;
  readonly topologySpreadConstraints?: object;
  readonly securityContext?: object;
  readonly imagePullSecrets?: object;
  readonly env?: object;
  readonly resources?: object;
  readonly volumes?: readonly object[];
  readonly volumeMounts?: readonly object[];
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly containerSecurityContext?: object;
}

interface TestRunSpec {
  readonly parallelism: number;
  readonly script: { readonly configMap: { readonly name: string; readonly file: string } };
  readonly paused?: string;
  readonly initializer?: { readonly disabled?: boolean };
  readonly cleanup?: string;
  readonly runner: Pod;
}

const EVERY_MS = 250;
const never = new AbortController().signal;

export async function isOperatorInstalled(): Promise<boolean> {
  return (await kubectl('get', 'crd', 'testruns.k6.io', '--ignore-not-found', '-o', 'name')) !== '';
}

/** Installs the CRD as far as it is pinned here, and looks after the TestRuns of a namespace. */
export async function playOperator(namespace: string): Promise<PlayedOperator> {
  await kubectlApply(definition());
  const established = 'jsonpath={.status.conditions[?(@.type=="Established")].status}';
  await waitUntil(
    'the CRD',
    async () => (await kubectl('get', 'crd', 'testruns.k6.io', '-o', established)) === 'True',
  );
  const client = await createKubeClient(kubeconfig === undefined ? {} : { kubeconfig });
  const stages: string[] = [];
  const answers: number[] = [];
  const over = new AbortController();
  let mood: Parameters<PlayedOperator['become']>[0] = 'working';

  const reconcile = async (testRun: KubeObject): Promise<void> => {
    const { name } = testRun.metadata;
    const spec = testRun.spec as unknown as TestRunSpec;
    const to = async (stage: string): Promise<void> => {
      stages.push(stage);
      const path = `${objectPath(TEST_RUNS, namespace, name)}/status`;
      await client.send({ method: 'PATCH', path, body: { status: { stage } } }, never);
    };
    switch (testRun.status?.stage ?? '') {
      case '':
        if (spec.initializer?.disabled !== true) throw new Error('the played operator has no initializer');
        await to(mood === 'refusing' ? 'error' : 'initialized');
        return;
      case 'initialized':
        for (let index = 1; index <= spec.parallelism; index++) {
          await create(client, JOBS, runnerJob(testRun, spec, index));
          await create(client, SERVICES, runnerService(testRun, spec, index));
        }
        await to('created');
        return;
      case 'created': {
        const pods = await list(client, PODS, namespace, name);
        if (pods.filter(({ status }) => status?.phase === 'Running').length !== spec.parallelism) return;
        const urls = (await list(client, SERVICES, namespace, name)).map(
          (service) => `http://${String(service.spec?.clusterIP)}:6565/v1/status`,
        );
        if (!(await allAnswer(urls))) return;
        for (const url of urls) answers.push(await askToGoOn(url));
        await to('started');
        return;
      }
      case 'started': {
        const jobs = await list(client, JOBS, namespace, name);
        if (jobs.every(({ status }) => Number(status?.active ?? 0) === 0)) await to('stopped');
        return;
      }
      case 'stopped':
        await to('finished');
        return;
      default:
        if (spec.cleanup !== 'post') return;
        await client.send({ method: 'DELETE', path: objectPath(TEST_RUNS, namespace, name) }, never);
    }
  };
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (mood !== 'asleep') {
        const path = objectPath(TEST_RUNS, namespace);
        const { items } = await listObjects(client, { path }, (each) => each, never);
        for (const each of items) {
          if (each.metadata.deletionTimestamp !== undefined) continue;
          try {
            await reconcile(each);
          } catch (error) {
            // It has been deleted in the meantime.
            if (!isNotFound(error)) throw error;
          }
        }
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const running = run();
  running.catch(() => undefined); // close() tells
  return {
    stages,
    answers,
    become: (next) => (mood = next),
    async close() {
      over.abort();
      try {
        await running;
      } finally {
        await kubectl('delete', 'crd', 'testruns.k6.io', '--timeout=60s');
      }
    },
  };
}

function definition(): object {
  const schema = JSON.parse(
    readFileSync(join(packageRoot, 'test/fixtures/k6-operator/TestRun.json'), 'utf8'),
  ) as { properties: object };
  const { group, version, plural } = TEST_RUNS;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind: 'TestRun', listKind: 'TestRunList', plural, singular: 'testrun' },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
        },
      ],
    },
  };
}

function runnerJob(testRun: KubeObject, spec: TestRunSpec, index: number): KubeObject {
  const { runner, script } = spec;
  const name = `${testRun.metadata.name}-${index}`;
  const labels = labelsOf(testRun, spec);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...placeOf(testRun), labels },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: runner.automountServiceAccountToken !== 'false',
          serviceAccountName: runner.serviceAccountName ?? 'default',
          hostname: name,
          restartPolicy: 'Never',
          nodeSelector: runner.nodeSelector,
          tolerations: runner.tolerations,
          topologySpreadConstraints: runner.topologySpreadConstraints,
          securityContext: runner.securityContext,
          imagePullSecrets: runner.imagePullSecrets,
          containers: [
            {
              name: 'k6',
              image: runner.image,
              imagePullPolicy: runner.imagePullPolicy,
              command: operatorCommand(
                {
                  name: testRun.metadata.name,
                  script: `/test/${script.configMap.file}`,
                  runners: spec.parallelism,
                  isPaused: spec.paused !== 'false',
                  address: '0.0.0.0:6565',
                },
                index,
              ),
              env: runner.env,
              resources: runner.resources,
              volumeMounts: [{ name: 'k6-test-volume', mountPath: '/test' }, ...(runner.volumeMounts ?? [])],
              ports: [{ containerPort: 6565 }],
              livenessProbe: runner.livenessProbe ?? PROBE,
              readinessProbe: runner.readinessProbe ?? PROBE,
              securityContext: runner.containerSecurityContext,
            },
          ],
          volumes: [
            { name: 'k6-test-volume', configMap: { name: script.configMap.name } },
            ...(runner.volumes ?? []),
          ],
        },
      },
    },
  };
}

const PROBE = { httpGet: { path: '/v1/status', port: 6565, scheme: 'HTTP' } };

function runnerService(testRun: KubeObject, spec: TestRunSpec, index: number): KubeObject {
  const { name } = testRun.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-service-${index}`, ...placeOf(testRun), labels: labelsOf(testRun, spec) },
    spec: {
      ports: [{ name: 'http-api', port: 6565, protocol: 'TCP' }],
      selector: { 'job-name': `${name}-${index}` },
    },
  };
}

function labelsOf({ metadata }: KubeObject, { runner }: TestRunSpec): Record<string, string> {
  return { ...runner.metadata?.labels, app: 'k6', k6_cr: metadata.name, runner: 'true' };
}

function placeOf({ apiVersion, kind = '', metadata }: KubeObject) {
  const { name, uid = '', namespace = '' } = metadata;
  const owner = { apiVersion, kind, name, uid };
  return { namespace, ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] };
}

async function create(client: KubeClient, resource: Resource, body: KubeObject): Promise<void> {
  await client.send({ method: 'POST', path: objectPath(resource, body.metadata.namespace), body }, never);
}

async function list(
  client: KubeClient,
  resource: Resource,
  namespace: string,
  testRun: string,
): Promise<readonly KubeObject[]> {
  const query = {
    path: objectPath(resource, namespace),
    labelSelector: `app=k6,k6_cr=${testRun},runner=true`,
  };
  return (await listObjects(client, query, (each) => each, never)).items;
}

async function allAnswer(urls: readonly string[]): Promise<boolean> {
  try {
    const answers = await Promise.all(urls.map((url) => fetch(url, { signal: AbortSignal.timeout(2000) })));
    return answers.every(({ status }) => status < 400);
  } catch {
    return false; // k6 does not listen yet
  }
}

/** What the starter's curl sends to a k6 that is paused. */
async function askToGoOn(url: string): Promise<number> {
  const body = JSON.stringify({
    data: { attributes: { paused: false }, id: 'default', type: 'status' },
  });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'PATCH', headers, body })).status;
}
