import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findFreePort } from '../../src/chaos/local/services/free-port.js';
import { findMarkedProcesses } from '../../src/chaos/local/find-marked-processes.js';
import type { Result } from '../../src/experiments/result-schema.js';
import { packageRoot } from '../../src/shared/package-root.js';
import { spawnProcess, type SpawnedProcess } from '../../src/shared/spawn-process.js';
import { waitUntil } from './wait-until.js';

const MAIN = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
/** Every process below a project carries it, so that what is left of one can be found. */
const MARK = 'PLIMSOLL_TEST_PROJECT';

export interface Invocation {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  readonly exit: Promise<{ readonly code: number | undefined; readonly signal: string | undefined }>;
}

/** A folder with a plimsoll.yaml and experiments of some seconds, and the command line run in it. */
export interface Project {
  readonly folder: string;
  readonly port: number;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Invocation>;
  /** Runs the command line to its end. */
  run(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | undefined; readonly stdout: string; readonly stderr: string }>;
  write(path: string, content: object | string): Promise<void>;
  /** The results below reports/, in order of their run ids. */
  results(): Promise<readonly Result[]>;
  /** Processes that this project's runs left behind, by pid. */
  leftovers(): Promise<readonly number[]>;
  remove(): Promise<void>;
}

const projects = new Set<Project>();

/** For `afterEach`: nothing of a project stays, whatever its test did. */
export async function removeProjects(): Promise<void> {
  for (const project of projects) await project.remove();
  projects.clear();
}

/**
 * @param service what plimsoll.yaml says of the service `orders`, beside its port
 * @param environments in place of the local one with that service
 */
export async function aProject(service: object = {}, environments?: object): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-project-'));
  const port = await findFreePort(folder);
  const invocations = new Set<SpawnedProcess>();
  const start = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Invocation> => {
    const outcome = await spawnProcess({
      command: [process.execPath, MAIN, ...args],
      cwd: folder,
      // No k6 unless a test asks for it: which generator runs must not depend on the machine.
      env: {
        XDG_CACHE_HOME: join(folder, 'cache'),
        PATH: pathWithoutK6(),
        PLIMSOLL_K6: '',
        [MARK]: folder,
        ...env,
      },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    if (outcome.status === 'not-started') throw new Error(outcome.reason);
    const { process: spawned } = outcome;
    invocations.add(spawned);
    let stdout = '';
    let stderr = '';
    spawned.child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    spawned.child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const closed = new Promise((resolve) => spawned.child.once('close', resolve));
    return {
      pid: spawned.pid,
      stdout: () => stdout,
      stderr: () => stderr,
      signal: (name) => spawned.child.kill(name),
      exit: Promise.all([spawned.exited, closed]).then(([exit]) => ({
        code: exit.status === 'exited' ? exit.code : undefined,
        signal: exit.status === 'signalled' ? exit.signal : undefined,
      })),
    };
  };
  const write = async (path: string, content: object | string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : stringify(content));
  };
  await write('plimsoll.yaml', {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Config',
    environments: environments ?? {
      local: {
        driver: 'local',
        services: {
          orders: {
            command: ['node', join(packageRoot, 'demo', 'order-service.mjs')],
            replicas: 2,
            labels: { app: 'orders' },
            port,
            readiness: { http: '/healthz', period: '50ms' },
            restartBackoff: '200ms',
            ...service,
          },
        },
      },
    },
  });
  await write('delay.yaml', anExperiment());
  const project: Project = {
    folder,
    port,
    start,
    async run(args, env) {
      const invocation = await start(args, env);
      const { code } = await invocation.exit;
      return { code, stdout: invocation.stdout(), stderr: invocation.stderr() };
    },
    write,
    async results() {
      const names = await readdir(join(folder, 'reports'), { recursive: true }).catch(() => []);
      const files = names.filter((name) => name.endsWith('result.json'));
      const texts = await Promise.all(files.map((name) => readFile(join(folder, 'reports', name), 'utf8')));
      return texts
        .map((text) => JSON.parse(text) as Result)
        .sort((a, b) => a.run.startedAtMs - b.run.startedAtMs);
    },
    leftovers: () => findMarkedProcesses(MARK, folder),
    async remove() {
      for (const { child } of invocations) child.kill('SIGKILL');
      for (const pid of await findMarkedProcesses(MARK, folder)) process.kill(pid, 'SIGKILL');
      await waitUntil(
        'the project has no process',
        async () => (await findMarkedProcesses(MARK, folder)).length === 0,
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
  projects.add(project);
  return project;
}

function pathWithoutK6(): string {
  return [join(process.execPath, '..'), '/usr/bin', '/bin'].join(':');
}

/** 60 ms of delay in front of the order service, in some seconds; the SLA holds. */
export function anExperiment(overrides: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Experiment',
    metadata: { name: 'delay' },
    hypothesis: 'Orders are accepted while the order service is 60 ms away.',
    phases: { steady: '2s', fault: '3s', recovery: '4s' },
    load: {
      http: {
        baseUrl: '{{services.orders.url}}',
        timeout: '2s',
        requests: [{ method: 'POST', path: '/orders', body: { item: 'tea' }, expect: { status: 201 } }],
      },
      profile: { rate: '50/s', maxVUs: 50 },
    },
    faults: [{ name: 'delay', manifest: aDelay('60ms') }],
    sla: {
      steady: ['p50 <= 500ms', 'errors < 20%'],
      fault: ['p50 <= 2s', 'errors < 50%'],
      recovery: ['errors < 50%'],
    },
    ...overrides,
  };
}

export function aDelay(latency: string, mode = 'all'): object {
  return {
    apiVersion: 'chaos-mesh.org/v1alpha1',
    kind: 'NetworkChaos',
    spec: { action: 'delay', mode, selector: { labelSelectors: { app: 'orders' } }, delay: { latency } },
  };
}
