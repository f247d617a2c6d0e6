import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/shared/package-root.js';

const run = promisify(execFile);

/** The cluster of the tests: the project's own, inside whose network they run, or one of which a kubeconfig is given. */
export const kubeconfig = process.env.PLIMSOLL_E2E_KUBECONFIG ?? process.env.KUBECONFIG;

/** Whether it is the project's own, of which parts can be taken away. */
export const isOwnCluster = process.env.PLIMSOLL_NETNS !== undefined;

export async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('kubectl', args, { env: { ...process.env, KUBECONFIG: kubeconfig } });
  return stdout.trim();
}

export async function kubectlApply(manifest: unknown): Promise<void> {
  const applied = run('kubectl', ['apply', '-f', '-'], { env: { ...process.env, KUBECONFIG: kubeconfig } });
  applied.child.stdin?.end(JSON.stringify(manifest));
  await applied;
}

/** A command of the project's own cluster, such as `daemon-off`. */
export async function clusterCommand(command: string): Promise<void> {
  await run(join(packageRoot, 'test/cluster/cluster'), [command]);
}
