import { join } from 'node:path';
import { packageRoot } from '../../src/shared/package-root.js';
import { spawnProcess, type SpawnedProcess } from '../../src/shared/spawn-process.js';

/** Where the tiny services of the tests lie. */
export const serviceFixtures: string = join(packageRoot, 'test', 'fixtures', 'services');

const started = new Set<SpawnedProcess>();

/** Starts a fixture and waits for its first output. It ends with endFixtures(), or when this process is gone. */
export async function spawnFixture(
  name: string,
  options: {
    readonly args?: readonly string[];
    readonly env?: Record<string, string>;
    readonly group?: boolean;
  } = {},
): Promise<SpawnedProcess> {
  const outcome = await spawnProcess({
    command: [process.execPath, join(serviceFixtures, name), ...(options.args ?? [])],
    ...(options.env === undefined ? {} : { env: options.env }),
    group: options.group ?? false,
    stdin: 'pipe',
    stdout: 'pipe',
  });
  if (outcome.status === 'not-started') throw new Error(outcome.reason);
  started.add(outcome.process);
  await new Promise((resolve) => outcome.process.child.stdout?.once('data', resolve));
  return outcome.process;
}

/** For `afterEach`: ends what spawnFixture started, its children included. */
export async function endFixtures(): Promise<void> {
  for (const { child, exited } of started) {
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.kill('SIGKILL');
    await exited;
  }
  started.clear();
}
