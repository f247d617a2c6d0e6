import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/chaos/environment.js';
import type { PlannedFault } from '../../src/chaos/fault-injector.js';
import { createLocalEnvironment } from '../../src/chaos/local/create-local-environment.js';
import { findMarkedProcesses } from '../../src/chaos/local/find-marked-processes.js';
import type { ManagedService, ServiceConfig, StressLimits } from '../../src/chaos/local/local-config.js';
import { findFreePort, tryPort } from '../../src/chaos/local/services/free-port.js';
import type { RunEvent } from '../../src/shared/run-event.js';
import { RUN_MARKER } from '../../src/shared/run-marker.js';
import type { RecordedProcess } from '../../src/shared/run-recorder.js';
import { realClock } from './real-clock.js';
import { serviceFixtures } from './spawn-fixture.js';

let made = 0;
const environments: TestEnvironment[] = [];

export interface TestEnvironment {
  readonly environment: Environment;
  readonly runId: string;
  readonly folder: string;
  readonly events: RunEvent[];
  readonly recorded: RecordedProcess[];
}

/** A service whose replicas are ready at once and come back soon. */
export async function aService(
  fixture: string,
  overrides: Partial<ManagedService> = {},
): Promise<ManagedService> {
  return {
    command: [process.execPath, join(serviceFixtures, fixture)],
    env: {},
    replicas: 1,
    labels: { app: 'orders' },
    port: await aFreePort(),
    readiness: { http: '/', period: 50, timeout: 20_000 },
    restartBackoff: 100,
    ...overrides,
  };
}

export async function aFreePort(): Promise<number> {
  made += 1;
  return await findFreePort(`test ${process.pid} ${made}`);
}

export async function aLocalEnvironment(
  services: Readonly<Record<string, ServiceConfig>>,
  overrides: { readonly searchPath?: string; readonly stress?: StressLimits } = {},
): Promise<TestEnvironment> {
  made += 1;
  const runId = `environment-test-${process.pid}-${made}`;
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'));
  const events: RunEvent[] = [];
  const recorded: RecordedProcess[] = [];
  const environment = createLocalEnvironment({
    name: 'local',
    config: { services, stress: overrides.stress ?? { maxCpuWorkers: 2, maxMemory: 256 * 1024 * 1024 } },
    configFolder: folder,
    runId,
    logsFolder: join(folder, 'logs'),
    clock: realClock,
    logger: { debug: () => undefined, warn: () => undefined },
    recorder: {
      processStarted: (started) => {
        recorded.push(started);
        return Promise.resolve();
      },
    },
    onEvent: (event) => events.push(event),
    searchPath: overrides.searchPath ?? process.env.PATH ?? '',
  });
  const test = { environment, runId, folder, events, recorded };
  environments.push(test);
  return test;
}

/** For `afterEach`: stops every environment, and throws where anything is left of one. */
export async function endEnvironments(): Promise<void> {
  const problems: string[] = [];
  for (const { environment, runId, folder } of environments.splice(0)) {
    problems.push(...(await environment.stop()).map(({ message }) => message));
    const left = await findMarkedProcesses(RUN_MARKER, runId);
    if (left.length > 0) problems.push(`processes ${left.join(', ')} are left`);
    await rm(folder, { recursive: true, force: true });
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) === 'free';
}

/** What `healthy.mjs` answers behind the URL, over a connection of its own. */
export function ask(url: string): Promise<{ readonly replica: string; readonly pid: number }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve(JSON.parse(text) as { replica: string; pid: number });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} did not answer`)));
    request.on('error', reject);
  });
}

/** A fault on the service with the label `app: orders`, for the whole of the fault phase. */
export function aFault(kind: string, spec: Readonly<Record<string, unknown>>, name = 'fault'): PlannedFault {
  return {
    name,
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind,
      spec: { mode: 'all', selector: { labelSelectors: { app: 'orders' } }, ...spec },
    },
    schedule: { atMs: 0 },
  };
}
