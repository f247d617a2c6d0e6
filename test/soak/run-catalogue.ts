// Really runs the experiments of experiments/chaos-mesh, each for some seconds, and prints what became of its fault.
// Run by hand, inside the test cluster, with all of them or some:
//   test/cluster/cluster exec node dist/test/soak/run-catalogue.js
//   test/cluster/cluster exec node dist/test/soak/run-catalogue.js pod-kill time-offset
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { packageRoot } from '../../src/shared/package-root.js';
import { removeProjects } from '../support/a-project.js';
import { aShopProject, shortened } from '../e2e/support/a-shop-project.js';
import { kubectl } from '../e2e/support/kubectl.js';
import { closeShop, openShop, SHOP } from '../e2e/support/shop.js';

const CATALOGUE = join(packageRoot, 'experiments', 'chaos-mesh');
const wanted = process.argv.slice(2);

await openShop('orders', 4);
await openShop('payments', 1);
const unclean: string[] = [];
try {
  for (const file of (await readdir(CATALOGUE)).filter((name) => name.endsWith('.yaml'))) {
    const name = basename(file, '.yaml');
    if (wanted.length === 0 || wanted.includes(name)) await runOne(name, join(CATALOGUE, file));
  }
} finally {
  await removeProjects();
  await closeShop();
}
process.exitCode = unclean.length === 0 ? 0 : 1;

async function runOne(name: string, path: string): Promise<void> {
  const project = await aShopProject({ guards: { minHealthy: 0 } });
  await project.write('gate.yaml', shortened(await readFile(path, 'utf8')));
  const { code, stdout, stderr } = await project.run(['run', 'gate.yaml', '--generator', 'embedded']);
  const [result] = await project.results();
  const injections = result?.faults.flatMap((fault) => fault.injections) ?? [];
  const outcome = injections.map(({ status, evidence }) => `${status}: ${evidence}`).join('; ');
  process.stdout.write(`${name} exit ${String(code)} ${outcome === '' ? stdout + stderr : outcome}\n`);
  if (code === 75) await makeClean();
  await project.remove();
}

/** What Chaos Mesh cannot inject it cannot take out either; the next experiment needs pods that nobody touched. */
async function makeClean(): Promise<void> {
  const kinds = (await kubectl('api-resources', '--api-group=chaos-mesh.org', '--namespaced', '-o', 'name'))
    .split('\n')
    .filter((name) => /chaos\.|schedules\.|workflows\./.test(name));
  const objects = (await kubectl('-n', SHOP, 'get', kinds.join(','), '-o', 'name'))
    .split('\n')
    .filter(Boolean);
  for (const object of objects) {
    await kubectl('-n', SHOP, 'delete', object, '--wait=false', '--ignore-not-found');
    await kubectl(
      '-n',
      SHOP,
      'patch',
      object,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ).catch(
      () => undefined, // it was gone
    );
  }
  await kubectl('-n', SHOP, 'delete', 'pods', '--all', '--now');
  await kubectl('-n', SHOP, 'rollout', 'status', 'deployment/orders', '--timeout=60s');
  const left = await kubectl('-n', SHOP, 'get', kinds.join(','), '-o', 'name');
  if (left !== '') unclean.push(left);
}
