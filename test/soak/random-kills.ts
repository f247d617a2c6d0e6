// Kills runs at random moments and sweeps after each. Run by hand, inside the test cluster:
//   test/cluster/cluster exec node dist/test/soak/random-kills.js 60
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/shared/package-root.js';
import { aRunId, openEnvironment } from '../e2e/support/an-environment.js';
import { kubectl } from '../e2e/support/kubectl.js';
import { closeShop, openShop, SHOP } from '../e2e/support/shop.js';

const LONGEST_MS = 2500;

const times = Number(process.argv[2] ?? 60);
const seen = { killed: 0, finished: 0, swept: 0, left: 0, wronglyClean: 0 };

await openShop('orders', 2);
for (let time = 0; time < times; time++) {
  const runId = aRunId();
  const harness = join(packageRoot, 'dist/test/soak/whole-run.js');
  const child = spawn(process.execPath, [harness, runId], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited]);
  await sleep(Math.random() * LONGEST_MS);
  child.kill('SIGKILL');
  const [, signal] = (await exited) as [number | null, string | null];
  if (signal === null) seen.finished += 1;
  else seen.killed += 1;

  const { environment } = await openEnvironment();
  const dead = { runId, environment: 'e2e', processes: [], temporaryFolders: [] };
  const swept = await environment.injector.sweep({ runs: [dead] }, AbortSignal.timeout(60_000));
  await environment.stop();
  const claimsClean = swept.every(({ status }) => status !== 'left');
  const isClean = (await remains(runId)) === '';
  seen.swept += swept.length;
  if (!claimsClean) seen.left += 1;
  if (claimsClean && !isClean) seen.wronglyClean += 1;
  process.stdout.write(`${time + 1} of ${times}: ${JSON.stringify(seen)}\n`);
}
await closeShop();
process.exitCode = seen.left + seen.wronglyClean === 0 ? 0 : 1;

/** Faults of the run, and its rules in the pods; empty where there is nothing. */
async function remains(runId: string): Promise<string> {
  const label = `plimsoll.dev/run=${runId}`;
  const faults = await kubectl('-n', SHOP, 'get', 'networkchaos', '-l', label, '-o', 'name');
  const rules = await kubectl('-n', SHOP, 'get', 'podnetworkchaos', '-o', 'jsonpath={.items[*].spec}');
  return `${faults}${rules.includes(runId) ? rules : ''}`.trim();
}
