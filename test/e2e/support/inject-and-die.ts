import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../../src/shared/package-root.js';

/**
 * Resolves when the process is dead, by SIGKILL, with its fault in.
 *
 * @param drained the node that it drains; undefined: it cuts pods off
 */
export async function injectAndDie(
  runId: string,
  leaseSeconds = 120,
  drained?: string,
  namespace?: string,
): Promise<void> {
  const harness = join(packageRoot, 'dist/test/e2e/support/harness.js');
  const child = spawn(
    process.execPath,
    [harness, runId, String(leaseSeconds), ...(drained === undefined ? [] : [drained])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...(namespace === undefined ? {} : { PLIMSOLL_E2E_NAMESPACE: namespace }) },
    },
  );
  const exited = once(child, 'exit');
  const said = once(child.stdout, 'data');
  await Promise.race([said, exited]);
  child.kill('SIGKILL');
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal, 'it was to be killed with its fault in').to.equal('SIGKILL');
}
