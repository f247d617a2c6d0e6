import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadExperiment } from '../../src/experiments/load-file.js';
import { planFaults } from '../../src/experiments/plan-faults.js';
import { packageRoot } from '../../src/shared/package-root.js';
import { removeProjects } from '../support/a-project.js';
import { requires } from '../support/requirement.js';
import { aShopProject, shortened } from './support/a-shop-project.js';
import { openEnvironment, stopEnvironments } from './support/an-environment.js';
import { isOwnCluster, kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const CATALOGUE = join(packageRoot, 'experiments', 'chaos-mesh');

/** One of each family that needs nothing but a cluster; test/soak/run-catalogue runs all of them. */
const REPRESENTATIVE = ['pod-kill', 'network-partition', 'network-delay', 'stress-cpu', 'time-offset'];

describe('the catalogue on a real cluster', () => {
  before(async () => {
    await openShop('orders', 4);
    await openShop('payments', 1);
  });
  after(async () => {
    await closeShop();
  });
  afterEach(async () => {
    await stopEnvironments();
    await removeProjects();
  });

  it('is taken by the API server, the CRDs and the webhooks, down to the last of its experiments', async () => {
    const { environment, runId } = await openEnvironment({
      config: { guards: { maxPercent: 100, minHealthy: 0 } },
    });
    const files = (await readdir(CATALOGUE)).filter((name) => name.endsWith('.yaml'));
    for (const file of files) {
      const loaded = await loadExperiment(join(CATALOGUE, file));
      if (!loaded.ok) throw new Error(`${file}: ${loaded.problems.map(({ message }) => message).join('; ')}`);
      for (const fault of planFaults(loaded.document, runId)) {
        const found = await environment.injector.preflight(fault, AbortSignal.timeout(30_000));
        const stops = found.filter(({ severity }) => severity === 'stop');
        expect(stops, file).to.deep.equal([]);
      }
    }
    expect(files).to.have.length.greaterThan(50);
  });

  for (const name of REPRESENTATIVE) {
    it(`really does what it says: ${name}`, async function () {
      requires(this, "the project's own cluster", isOwnCluster || undefined);
      const loaded = await loadExperiment(join(CATALOGUE, `${name}.yaml`));
      if (!loaded.ok) throw new Error(name);
      const project = await aShopProject({ guards: { minHealthy: 0 } });
      await project.write('gate.yaml', shortened(loaded.source));
      const { code, stdout, stderr } = await project.run(['run', 'gate.yaml', '--generator', 'embedded']);
      expect(code, stdout + stderr).to.equal(0);
      const [result] = await project.results();
      expect(result?.faults[0]?.injections[0]).to.include({ status: 'recovered' });
      const kinds = 'networkchaos,podchaos,stresschaos,timechaos';
      expect(await kubectl('-n', SHOP, 'get', kinds, '-o', 'name')).to.equal('');
    });
  }
});
