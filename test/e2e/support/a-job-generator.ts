import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findK6, type K6Binary } from '../../../src/bench/k6/find-k6.js';
import { JOB_ENGINE } from '../../../src/bench/k6-job/job-engine.js';
import type { LoadGenerator } from '../../../src/bench/load-generator.js';
import { createK6PodsGenerator, nameOfRunners } from '../../../src/bench/runners/k6-pods-generator.js';
import type { RunnersConfig } from '../../../src/bench/runners/runner-config.js';
import type { RunnerEngine } from '../../../src/bench/runners/runner-engine.js';
import { createKubeClient } from '../../../src/shared/kubernetes/create-kube-client.js';
import { k6Binaries } from '../../support/k6-binaries.js';
import { realClock } from '../../support/real-clock.js';
import { aRunId } from './an-environment.js';
import { kubeconfig, kubectl, kubectlApply } from './kubectl.js';
import { SHOP } from './shop.js';

/** Where the runners of the tests are: no pod may break the Pod Security Standard `restricted` there. */
export const LOAD = `${SHOP}-load`;
export const K6_IMAGE = process.env.PLIMSOLL_E2E_K6_IMAGE ?? 'localhost/k6:1';

export async function openLoadNamespace(): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await kubectlApply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: LOAD, labels } });
}

export async function closeLoadNamespace(): Promise<void> {
  await kubectl('delete', 'namespace', LOAD, '--ignore-not-found', '--timeout=60s');
}

/** The k6 that packs scripts; undefined where PLIMSOLL_TEST_K6 names none. */
export async function localK6(): Promise<K6Binary | undefined> {
  const [path] = k6Binaries();
  if (path === undefined) return undefined;
  const found = await findK6({ env: { PLIMSOLL_K6: path }, cacheDir: '/nowhere' });
  if ('missing' in found) throw new Error(found.missing);
  return found;
}

export interface JobBench {
  readonly generator: LoadGenerator;
  /** Name of the Job, or of the TestRun. */
  readonly job: string;
  close(): Promise<void>;
}

export async function aJobGenerator(
  binary: K6Binary,
  runners: number,
  overrides: {
    readonly engine?: RunnerEngine;
    readonly config?: Partial<RunnersConfig>;
    readonly user?: string;
  } = {},
): Promise<JobBench> {
  const { engine = JOB_ENGINE } = overrides;
  const runId = aRunId();
  const logsFolder = await mkdtemp(join(tmpdir(), 'plimsoll-e2e-logs-'));
  const client = await createKubeClient({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(overrides.user === undefined ? {} : { impersonate: { user: overrides.user, groups: [] } }),
  });
  const generator = createK6PodsGenerator({
    engine,
    binary,
    client,
    config: {
      engine: 'job',
      namespace: LOAD,
      image: K6_IMAGE,
      imagePullPolicy: 'IfNotPresent',
      imagePullSecrets: [],
      nodeSelector: {},
      tolerations: [],
      resources: { requests: { cpu: '10m', memory: '32Mi' } },
      labels: {},
      ...overrides.config,
    },
    runners,
    runId,
    clock: realClock,
    logger: { debug: () => undefined, warn: () => undefined },
    logsFolder,
  });
  return {
    generator,
    job: nameOfRunners(runId),
    close: async () => {
      await rm(logsFolder, { recursive: true, force: true });
    },
  };
}

/** Names of what is there of a Job: itself, its pods and its Secret. */
export async function whatIsLeft(): Promise<string> {
  return await kubectl('-n', LOAD, 'get', 'jobs,pods,secrets', '-o', 'name');
}
