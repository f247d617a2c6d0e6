/**
 * How many requests a whole run makes to the API server, renewals of its lease included: the command line as it is, with
 * a proxy in between that counts. Needs a cluster: `PLIMSOLL_E2E_KUBECONFIG=FILE node dist/bench/cluster-requests.js
 * [--seconds 300]`, inside the network of the cluster.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { resultSchema } from '../src/experiments/result-schema.js';
import { packageRoot } from '../src/shared/package-root.js';
import { openApiProxy } from '../test/e2e/support/api-proxy.js';
import { closeShop, openShop, SHOP } from '../test/e2e/support/shop.js';
import { createGoals } from './support/goals.js';

const MAIN = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
const MOST = 60;
const WARMUP_SECONDS = 5;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } });
const seconds = Number(values.seconds) - WARMUP_SECONDS;
const part = (share: number): string => `${Math.round(seconds * share)}s`;

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
await openShop('orders', 2);
const proxy = await openApiProxy();
try {
  const staging = {
    ...{ driver: 'kubernetes', kubeconfig: proxy.kubeconfig, namespace: SHOP },
    services: { orders: { service: `${SHOP}/orders`, port: 80 } },
  };
  const config = { apiVersion: 'plimsoll.dev/v1', kind: 'Config', environments: { staging } };
  await writeFile(join(folder, 'plimsoll.yaml'), JSON.stringify(config));
  await writeFile(join(folder, 'delay.yaml'), JSON.stringify(anExperiment()));
  const args = [MAIN, 'run', 'delay.yaml', '--quiet', '--json', '--generator', 'embedded'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1e9 }).catch(
    (error: unknown) => error as { readonly stdout: string }, // an outcome other than pass is none of this script's
  );
  const { run } = resultSchema.parse(JSON.parse(stdout));
  const goals = createGoals();
  goals.add('the run', run.status, 'completed', run.status === 'completed');
  const renewals = proxy.requests.filter((line) => line.startsWith('PATCH') && line.includes('/leases/'));
  goals.add(
    `requests in a run of ${values.seconds} s, ${renewals.length} of them renewals`,
    String(proxy.requests.length),
    `less than ${MOST}`,
    proxy.requests.length < MOST,
  );
  goals.print('Requests to the API server');
  for (const [what, count] of countByKind(proxy.requests))
    console.log(`  ${String(count).padStart(4)}  ${what}`);
} finally {
  await proxy.close();
  await closeShop();
  await rm(folder, { recursive: true });
}

function countByKind(requests: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const line of requests) {
    const [method = '', target = ''] = line.split(' ');
    const kind = target.includes('watch=true') ? 'WATCH' : method;
    const what = `${kind} ${(target.split('?')[0] ?? '').replace(/^\/apis?\//, '')}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

function anExperiment() {
  return {
    ...{ apiVersion: 'plimsoll.dev/v1', kind: 'Experiment', metadata: { name: 'delay' } },
    hypothesis: 'A run does not wear the API server out.',
    phases: { warmup: `${WARMUP_SECONDS}s`, steady: part(0.3), fault: part(0.4), recovery: part(0.3) },
    load: {
      http: { baseUrl: '{{services.orders.url}}', requests: [{ path: '/' }] },
      profile: { rate: '5/s', maxVUs: 10 },
    },
    faults: [
      {
        name: 'delay',
        manifest: {
          ...{ apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'NetworkChaos' },
          spec: {
            ...{ action: 'delay', mode: 'all', delay: { latency: '100ms' } },
            selector: { labelSelectors: { app: 'orders' } },
          },
        },
      },
    ],
    sla: { fault: ['p95 <= 5s'] },
  };
}
