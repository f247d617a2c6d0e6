import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  aFault,
  doseUntil,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  recoveredAtLast,
  stopEnvironments,
} from './support/an-environment.js';
import { aProxiedShop } from './support/a-proxied-shop.js';
import { kubectl, kubectlApply } from './support/kubectl.js';
import { rejection } from './support/rejection.js';
import { SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(20_000);

describe('a bad connection to a real cluster', () => {
  const shop = aProxiedShop();

  const open = async (recoverDeadlineMs = 20_000) =>
    await openEnvironment({ recoverDeadlineMs, config: { kubeconfig: shop.proxy.kubeconfig } });

  afterEach(stopEnvironments);

  it('finds the object again when the answer to its creation is lost', async () => {
    const { environment, runId } = await open();
    let lost = 0;
    shop.proxy.loseAnswers((request) => /^POST .*networkchaos/.test(request) && lost++ === 0);
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
    expect(lost).to.equal(1);
  });

  it('survives an API server that goes away in the injection, in the fault and in the recovery', async () => {
    const { environment, runId } = await open();
    const away = async () => {
      shop.proxy.away();
      await sleep(700);
      shop.proxy.back();
    };
    const applied = await environment.injector.apply(aFault(runId, 'NetworkChaos', PARTITION), SOON());
    const [injection] = await Promise.all([applied.injected(SOON()), away()]);
    expect(injection.targets).to.have.length(2);
    await away();
    expect((await doseUntil(applied, ({ coverage }) => coverage === 1)).coverage).to.equal(1);
    shop.proxy.away();
    const recovering = applied.recover();
    await sleep(700);
    shop.proxy.back();
    expect(await recovering).to.include({ status: 'recovered' });
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('says that nothing is proven where the API server stays away', async () => {
    const { environment, runId } = await open(4000);
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    shop.proxy.away();
    const stuck = await applied.recover();
    expect(stuck).to.include({ status: 'unconfirmed' });
    expect(stuck).to.have.property('reason').that.includes('could not be deleted');
    shop.proxy.back();
    await recoveredAtLast(applied);
    await environment.stop();
  });

  it('looks for itself where watches have gone silent', async () => {
    const { environment, runId } = await open();
    shop.proxy.silenceWatches();
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('says how far the clock of the API server is off', async () => {
    const { environment } = await open();
    expect(await environment.preflight(SOON())).to.deep.equal([]);
    shop.proxy.shiftDate(90_000);
    const [finding] = await environment.preflight(SOON());
    expect(finding).to.include({ code: 'clock-offset', severity: 'warning' });
    expect(finding?.message).to.match(/clock is 1m (29|30|31)s ahead|clock is 1m 30s ahead/);
    await environment.stop();
  });

  it('keeps runs apart by the clock of the API server, however far it is off', async () => {
    for (const byMs of [90_000, -90_000]) {
      shop.proxy.shiftDate(byMs);
      const [one, two] = [await open(), await open()];
      const { applied } = await inject(one.environment, aFault(one.runId, 'NetworkChaos', PARTITION));
      const fault = aFault(two.runId, 'NetworkChaos', PARTITION);
      const found = await two.environment.injector.preflight(fault, SOON());
      expect(found.map(({ code }) => code)).to.include('environment-in-use');
      const orphans = { runs: [], orphans: { living: [] } };
      expect(await two.environment.injector.sweep(orphans, SOON()), 'a living run').to.deep.equal([]);
      await recovered(applied);
      expect(await one.environment.stop()).to.deep.equal([]);
      await two.environment.stop();
    }
  });

  it('is inconclusive, and leaves nothing, where a target goes before the fault comes to it', async () => {
    const { environment, runId } = await open();
    const fault = aFault(runId, 'PodChaos', { action: 'pod-kill', mode: 'one' });
    const [target] = await environment.injector.select(fault, SOON());
    shop.proxy.hold(
      (request) => /^POST .*podchaos/.test(request) && !request.includes('dryRun'),
      async () => {
        await kubectl('-n', SHOP, 'delete', 'pod', target!.id.split('/')[1]!, '--now');
      },
    );
    const applied = await environment.injector.apply(fault, SOON());
    const error = await rejection(applied.injected(AbortSignal.timeout(4000)));
    expect(error).to.include({ code: 'FAULT_NOT_INJECTED' });
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
    expect(await kubectl('-n', SHOP, 'get', 'podchaos', '-o', 'name')).to.equal('');
  });

  it('does not touch an object of its own name that somebody else made', async () => {
    const { environment, runId } = await open();
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    const { name = '' } = fault.manifest.metadata ?? {};
    const { spec } = fault.manifest;
    await kubectlApply({ ...fault.manifest, metadata: { name, namespace: SHOP }, spec });
    const uid = async () =>
      await kubectl('-n', SHOP, 'get', 'networkchaos', name, '-o', 'jsonpath={.metadata.uid}');
    const before = await uid();
    try {
      const found = await environment.injector.preflight(fault, SOON());
      expect(found.map(({ message }) => message).join()).to.include('already exists');
      const error = await rejection(environment.injector.apply(fault, SOON()));
      expect(error).to.include({ code: 'FAULT_NOT_INJECTED' });
      let lost = 0;
      shop.proxy.loseAnswers((request) => /^POST .*networkchaos/.test(request) && lost++ === 0);
      // Once more as for the first time, since a second turn has a name of its own.
      const again = await openEnvironment({ runId, config: { kubeconfig: shop.proxy.kubeconfig } });
      const doubted = await rejection(again.environment.injector.apply(fault, SOON()));
      expect(doubted).to.include({ code: 'FAULT_NOT_RECOVERED' });
      expect((doubted as Error).message).to.include('another NetworkChaos');
      expect(await uid()).to.equal(before);
      expect(await environment.stop()).to.deep.equal([]);
    } finally {
      await kubectl('-n', SHOP, 'delete', 'networkchaos', name);
    }
  });

  it('says what is not reachable, once, and creates nothing', async () => {
    shop.proxy.away();
    const { environment, runId } = await open();
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    expect((await environment.preflight(SOON())).map(({ code }) => code)).to.deep.equal(['unreachable']);
    const found = await environment.injector.preflight(fault, SOON());
    expect(new Set(found.map(({ code }) => code))).to.deep.equal(new Set(['unreachable']));
    // It asks again for as long as it is given.
    const applying = environment.injector.apply(fault, AbortSignal.timeout(3000));
    expect(await rejection(applying)).to.be.instanceOf(Error);
    shop.proxy.back();
    await environment.stop();
  });

  it('watches, and does not ask again and again', async () => {
    const { environment, runId } = await open();
    const fault = aFault(runId, 'NetworkChaos', PARTITION);
    await environment.preflight(SOON());
    await environment.injector.preflight(fault, SOON());
    await environment.injector.select(fault, SOON());
    await environment.start(SOON());
    const { applied } = await inject(environment, fault);
    const before = shop.proxy.requests.length;
    let readings = 0;
    await doseUntil(applied, () => ++readings === 5);
    expect(shop.proxy.requests.slice(before)).to.deep.equal([]);
    await recovered(applied);
    expect(await environment.stop()).to.deep.equal([]);
    // A run of five minutes renews its lease 10 times on top of these.
    expect(shop.proxy.requests.length, shop.proxy.requests.join('\n')).to.be.below(50);
  });
});
