import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/shared/package-root.js';

const MAIN = join(packageRoot, 'dist', 'src', 'cli', 'main.js');

export interface MeasuredPlan {
  readonly ms: number;
  /** Of all its threads: what the machine is busy with besides does not count. */
  readonly processorMs: number;
  readonly peakMb: number;
  readonly targets: number;
}

const EXPERIMENT = {
  ...{ apiVersion: 'plimsoll.dev/v1', kind: 'Experiment', metadata: { name: 'delay' } },
  hypothesis: 'A plan is there before anybody has lost patience.',
  phases: { steady: '10s', fault: '10s', recovery: '10s' },
  load: {
    http: { baseUrl: '{{services.orders.url}}', requests: [{ path: '/' }] },
    profile: { rate: '10/s', maxVUs: 10 },
  },
  faults: [
    {
      name: 'delay',
      manifest: {
        ...{ apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'NetworkChaos' },
        spec: {
          ...{ action: 'delay', mode: 'all', delay: { latency: '10ms' } },
          selector: { labelSelectors: { app: 'orders' } },
        },
      },
    },
  ],
  sla: { fault: ['p95 <= 1s'] },
};

/** The command line as a process of its own, from its start to its end. */
export async function planOnce(kubeconfig: string, namespace: string): Promise<MeasuredPlan> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  try {
    await writeFile(join(folder, 'plimsoll.yaml'), JSON.stringify(configOf(kubeconfig, namespace)));
    await writeFile(join(folder, 'delay.yaml'), JSON.stringify(EXPERIMENT));
    const startedMs = performance.now();
    const child = spawn(process.execPath, [MAIN, 'plan', 'delay.yaml', '--json'], {
      ...{ cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const ended = once(child, 'close').then(() => true);
    let peakMb = 0;
    let processorMs = 0;
    do {
      peakMb = Math.max(peakMb, await peakOf(child.pid));
      processorMs = Math.max(processorMs, await processorTimeOf(child.pid));
    } while (!(await Promise.race([ended, sleep(10, false)])));
    const ms = performance.now() - startedMs;
    const { targets } = JSON.parse(out) as { readonly targets: { readonly delay?: readonly unknown[] } };
    return { ms, processorMs, peakMb, targets: targets.delay?.length ?? 0 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The most memory that a process has had so far; 0 once it is gone. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readOfProcess(pid, 'status');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** The kernel counts in hundredths of a second. */
async function processorTimeOf(pid: number | undefined): Promise<number> {
  const stat = await readOfProcess(pid, 'stat');
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return (user + system) * 10;
}

async function readOfProcess(pid: number | undefined, file: 'status' | 'stat'): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''; // it is gone
    throw error;
  }
}

function configOf(kubeconfig: string, namespace: string) {
  const staging = {
    ...{ driver: 'kubernetes', kubeconfig, namespace },
    services: { orders: { url: 'http://127.0.0.1:9' } },
  };
  return { apiVersion: 'plimsoll.dev/v1', kind: 'Config', environments: { staging } };
}
