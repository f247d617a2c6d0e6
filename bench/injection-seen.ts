/**
 * How soon Plimsoll knows that a fault is in: the moment at which `injected()` resolves, beside the one at which a plain
 * watch in another process gets Chaos Mesh's record of it. The record itself tells whole seconds only. Needs a cluster:
 * `PLIMSOLL_E2E_KUBECONFIG=FILE node dist/bench/injection-seen.js [--injections 20]`, inside the network of the cluster.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aFault, DELAY, inject, openEnvironment, recovered } from '../test/e2e/support/an-environment.js';
import { kubeconfig } from '../test/e2e/support/kubectl.js';
import { closeShop, openShop, SHOP } from '../test/e2e/support/shop.js';
import { waitUntil } from '../test/support/wait-until.js';
import { createGoals } from './support/goals.js';

const LONGEST_MS = 200;

const { values } = parseArgs({ options: { injections: { type: 'string', default: '20' } } });
if (kubeconfig === undefined) throw new Error('name a cluster in PLIMSOLL_E2E_KUBECONFIG');

await openShop('orders', 2);
const watcher = spawn(
  process.execPath,
  [fileURLToPath(new URL('./support/watch-chaos-process.js', import.meta.url)), kubeconfig, SHOP],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const recordedNs = new Map<string, bigint>();
let watching = false;
createInterface({ input: watcher.stdout }).on('line', (line) => {
  const [name = '', atNs] = line.split(' ');
  if (atNs === undefined) watching = true;
  else recordedNs.set(name, BigInt(atNs));
});
const laterMs: number[] = [];
try {
  await waitUntil('the watch is open', () => watching);
  for (let count = 0; count < Number(values.injections); count++) laterMs.push(await injectOnce());
} finally {
  watcher.kill();
  await closeShop();
}
laterMs.sort((a, b) => a - b);
const at = (share: number): number => laterMs[Math.ceil(share * laterMs.length) - 1] ?? Number.NaN;
const goals = createGoals();
for (const [what, ms] of [
  ['p50', at(0.5)],
  ['p95', at(0.95)],
  ['max', at(1)],
] as const) {
  goals.add(
    `proof of injection after the record, ${what}`,
    `${ms.toFixed(1)} ms`,
    `at most ${LONGEST_MS} ms`,
    ms <= LONGEST_MS,
  );
}
goals.print(`${laterMs.length} injections of a NetworkChaos into 2 pods`);

/** By how much Plimsoll was later than the plain watch, in ms; below 0 where it was first. */
async function injectOnce(): Promise<number> {
  const { environment, runId } = await openEnvironment();
  const fault = aFault(runId, 'NetworkChaos', DELAY);
  const name = fault.manifest.metadata?.name ?? '';
  try {
    const { applied } = await inject(environment, fault);
    const provenNs = process.hrtime.bigint();
    await recovered(applied);
    await waitUntil(`the record of ${name} has arrived`, () => recordedNs.has(name));
    return Number(provenNs - (recordedNs.get(name) ?? provenNs)) / 1e6;
  } finally {
    await environment.stop();
  }
}
