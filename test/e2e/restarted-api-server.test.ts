import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeProjects } from '../support/a-project.js';
import { waitUntil } from '../support/wait-until.js';
import { aShopProject, stepOf, type Step } from './support/a-shop-project.js';
import { aProxiedShop } from './support/a-proxied-shop.js';

const AWAY_MS = 2000;
const CREATE = (request: string) => /^POST .*networkchaos/.test(request) && !request.includes('dryRun');
const DELETE = (request: string) => /^DELETE .*networkchaos/.test(request);

/** A restart of the API server as a client sees it: connections break, none can be made, and then all is as before. */
describe('a run whose API server starts anew', () => {
  afterEach(async () => {
    await removeProjects();
  });
  const shop = aProxiedShop();

  async function restart(): Promise<void> {
    shop.proxy.away();
    await sleep(AWAY_MS);
    shop.proxy.back();
  }

  async function runWithRestarts(...steps: readonly Step[]) {
    const project = await aShopProject({ kubeconfig: shop.proxy.kubeconfig });
    const run = await project.start(['run', 'gate.yaml', '--generator', 'embedded']);
    for (const step of steps) {
      await waitUntil(`the run comes to ${step}`, () => stepOf(run.stderr()) === step, 60_000);
      await restart();
    }
    const { code } = await run.exit;
    const [result] = await project.results();
    expect(result, run.stderr()).to.not.equal(undefined);
    return { code, said: run.stdout() + run.stderr(), result: result! };
  }

  for (const steps of [['warmup', 'fault'], ['steady'], ['recovery']] as const) {
    it(`passes when that happens in ${steps.join(' and in ')}`, async () => {
      const { code, said, result } = await runWithRestarts(...steps);
      expect(code, said).to.equal(0);
      expect(result.faults[0]?.injections[0]).to.include({ status: 'recovered' });
    });
  }

  it('is inconclusive when that happens to the creation of the fault, which never came to be', async () => {
    const gone = shop.proxy.awayAt(CREATE);
    const running = runWithRestarts();
    await gone;
    await sleep(AWAY_MS);
    shop.proxy.back();
    const { code, said, result } = await running;
    expect(code, said).to.equal(2);
    expect(result.verdict.reason, said).to.include('was not created');
  });

  it('passes when that happens to the answer to the creation of the fault', async () => {
    let lost = 0;
    shop.proxy.loseAnswers((request) => CREATE(request) && lost++ === 0);
    const { code, said } = await runWithRestarts();
    expect(lost).to.equal(1);
    expect(code, said).to.equal(0);
  });

  it('takes the fault out when that happens to its deletion', async () => {
    const gone = shop.proxy.awayAt(DELETE);
    const running = runWithRestarts();
    await gone;
    await sleep(AWAY_MS);
    shop.proxy.back();
    const { code, said, result } = await running;
    expect(code, said).to.equal(0);
    expect(result.faults[0]?.injections[0]).to.include({ status: 'recovered' });
  });
});
