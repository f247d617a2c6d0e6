// Kills runs of the command line at random moments, and sweeps after each. Run by hand, inside the test cluster:
//   test/cluster/cluster exec node dist/test/soak/random-kills.js 60 some-seed
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/shared/seeded-random.js';
import { removeProjects, type Project } from '../support/a-project.js';
import { k6Binaries } from '../support/k6-binaries.js';
import { aGate, aShopFault, aShopProject, stepOf } from '../e2e/support/a-shop-project.js';
import { closeShop, openShop } from '../e2e/support/shop.js';
import { remainsInShop } from './remains-in-shop.js';

const DELAY_MS = 500;
const KINDS: Readonly<Record<string, object>> = {
  partition: aShopFault('cut', {
    ...{ action: 'partition', direction: 'both', externalTargets: ['10.255.255.1/32'] },
  }),
  delay: aShopFault('delay', { action: 'delay', delay: { latency: `${DELAY_MS}ms` } }),
  kill: aShopFault('kill', { action: 'pod-kill', mode: 'one' }, 'PodChaos'),
};

const times = Number(process.argv[2] ?? 60);
const seed = process.argv[3] ?? 'plimsoll';
const random = seededRandom(seed);
const k6 = k6Binaries()[0];
const seen = { killed: 0, finished: 0, left: 0, wronglyClean: 0, processesLeft: 0 };
const killedIn: Record<string, number> = {};

await openShop('orders', 2);
try {
  const wholeMs = await timeOfOne();
  for (let time = 1; time <= times; time++) await killOne(time, wholeMs);
} finally {
  await removeProjects();
  await closeShop();
}
process.exitCode = seen.left + seen.wronglyClean + seen.processesLeft === 0 ? 0 : 1;

/** How long a run takes that nobody kills: the moments are drawn from it. */
async function timeOfOne(): Promise<number> {
  const project = await aShopProject();
  const beganAt = performance.now();
  const { code, stderr } = await project.run(...argumentsOf(true));
  if (code !== 0) throw new Error(`the run that nobody kills ended with ${String(code)}:\n${stderr}`);
  await project.remove();
  return performance.now() - beganAt;
}

async function killOne(time: number, wholeMs: number): Promise<void> {
  const [kind, fault] = pick(Object.entries(KINDS));
  const onK6 = random() < 0.5;
  const atMs = Math.round(random() * wholeMs);
  const project = await aShopProject({ guards: { minHealthy: 1 } });
  await project.write('gate.yaml', aGate({ faults: [fault] }));
  const run = await project.start(...argumentsOf(!onK6));
  await Promise.race([sleep(atMs), run.exit]);
  run.signal('SIGKILL');
  const { signal } = await run.exit;
  const wasKilled = signal === 'SIGKILL';
  if (wasKilled) seen.killed += 1;
  else seen.finished += 1;
  const step = wasKilled ? (stepOf(run.stderr()) ?? 'preflight') : 'over';
  killedIn[step] = (killedIn[step] ?? 0) + 1;
  await sweepAfter(project, `${time} of ${times}, seed ${seed}: ${kind} killed after ${atMs} ms in ${step}`);
}

async function sweepAfter(project: Project, what: string): Promise<void> {
  const { code, stdout, stderr } = await project.run(['sweep']);
  const remains = await remainsInShop(DELAY_MS);
  const processes = await project.leftovers();
  if (code !== 0) seen.left += 1;
  if (code === 0 && remains.length > 0) seen.wronglyClean += 1;
  if (processes.length > 0) seen.processesLeft += 1;
  const isFine = code === 0 && remains.length === 0 && processes.length === 0;
  const details = isFine ? '' : `\n${[...remains, ...processes].join('\n')}\n${stdout}${stderr}`;
  process.stdout.write(`${what}: ${JSON.stringify({ ...seen, ...killedIn })}${details}\n`);
  await project.remove();
}

function argumentsOf(embedded: boolean): Parameters<Project['run']> {
  const args = ['run', 'gate.yaml', ...(embedded || k6 === undefined ? ['--generator', 'embedded'] : [])];
  return [args, k6 === undefined ? {} : { PLIMSOLL_K6: k6 }];
}

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
