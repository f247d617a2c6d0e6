import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { resultSchema, type Result } from '../../src/experiments/result-schema.js';
import { packageRoot } from '../../src/shared/package-root.js';
import { BENCH_SERVER, freePort } from './start-server.js';

const MAIN = join(packageRoot, 'dist', 'src', 'cli', 'main.js');

export interface RunSettings {
  readonly generator: 'embedded' | 'k6';
  readonly phases: Readonly<Record<'warmup' | 'steady' | 'fault' | 'recovery', string>>;
  readonly ratePerSecond: number;
  readonly maxVUs: number;
  /** What the service answers after. */
  readonly answerMs: number;
  /** What the fault adds to it. */
  readonly delayMs: number;
}

export interface StartedRun {
  readonly pid: number;
  /** Rejects where there was no result. */
  readonly result: Promise<Result>;
}

/** Runs one service and one fault: a delay in front of it. */
export async function startRun(settings: RunSettings): Promise<StartedRun> {
  return startExperiment(await configOf(settings), experimentOf(settings), settings.generator);
}

/** Runs the command line in a project of its own. */
export async function startExperiment(
  config: object,
  experiment: object,
  generator: RunSettings['generator'],
): Promise<StartedRun> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  await writeFile(join(folder, 'plimsoll.yaml'), stringify(config));
  await writeFile(join(folder, 'experiment.yaml'), stringify(experiment));
  const child = spawn(
    process.execPath,
    [MAIN, 'run', 'experiment.yaml', '--quiet', '--json', '--generator', generator],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return { pid: child.pid ?? Number.NaN, result: finish() };

  async function finish(): Promise<Result> {
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    const [code] = (await once(child, 'close')) as [number | null];
    await rm(folder, { recursive: true, force: true });
    const text = Buffer.concat(parts).toString();
    if (text === '') throw new Error(`the run gave no result and ended with ${code ?? 'a signal'}`);
    return resultSchema.parse(JSON.parse(text));
  }
}

async function configOf({ answerMs }: RunSettings): Promise<object> {
  const target = {
    command: [process.execPath, BENCH_SERVER, 'fixed', String(answerMs)],
    labels: { app: 'target' },
    port: await freePort(),
  };
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Config',
    environments: { local: { driver: 'local', services: { target } } },
  };
}

function experimentOf({ phases, ratePerSecond, maxVUs, delayMs }: RunSettings): object {
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Experiment',
    metadata: { name: 'bench' },
    hypothesis: 'The harness measures what is there.',
    phases,
    load: {
      http: { baseUrl: '{{services.target.url}}', requests: [{ method: 'GET', path: '/' }] },
      profile: { rate: `${ratePerSecond}/s`, maxVUs },
    },
    faults: [aDelay('target', delayMs)],
    sla: { steady: ['errors < 50%'], fault: ['errors < 50%'] },
  };
}

/** A fault: every answer of a service is so much later. */
export function aDelay(app: string, delayMs: number): object {
  return {
    name: 'delay',
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'NetworkChaos',
      spec: {
        action: 'delay',
        mode: 'all',
        selector: { labelSelectors: { app } },
        delay: { latency: `${delayMs}ms` },
      },
    },
  };
}
