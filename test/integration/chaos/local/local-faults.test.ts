import { expect } from 'chai';
import { connect } from 'node:net';
import type {
  AppliedFault,
  DoseReading,
  PlannedFault,
  Recovery,
} from '../../../../src/chaos/fault-injector.js';
import { groupMembers } from '../../../../src/chaos/local/process-table.js';
import {
  aFault,
  aFreePort,
  aLocalEnvironment,
  aService,
  ask,
  endEnvironments,
  type TestEnvironment,
} from '../../../support/a-local-environment.js';
import { waitUntil } from '../../../support/wait-until.js';

const never = new AbortController().signal;
const delay = (name = 'delay', spec: Record<string, unknown> = {}): PlannedFault =>
  aFault('NetworkChaos', { action: 'delay', delay: { latency: '200ms' }, ...spec }, name);

describe('faults of the local environment', () => {
  afterEach(endEnvironments);

  async function started(replicas: number, restartBackoff = 100): Promise<TestEnvironment & { url: string }> {
    const test = await aLocalEnvironment({
      orders: await aService('healthy.mjs', { replicas, restartBackoff }),
    });
    await test.environment.start(never);
    return { ...test, url: test.environment.services[0]!.url };
  }

  describe('what preflight finds', () => {
    it('refuses what this machine cannot do honestly, and what matches nothing', async () => {
      const { environment } = await aLocalEnvironment({
        orders: await aService('healthy.mjs', { replicas: 2 }),
      });
      const { injector } = environment;
      const lost = aFault('NetworkChaos', { action: 'loss', loss: { loss: '50' } });
      expect((await injector.preflight(lost, never)).map(({ code }) => code)).to.include('needs-a-cluster');
      const nobody = delay('delay', { selector: { labelSelectors: { app: 'nobody' } } });
      expect((await injector.preflight(nobody, never)).map(({ code }) => code)).to.deep.equal(['no-target']);
      expect(await injector.preflight(delay(), never)).to.deep.equal([]);
    });

    it('takes no process that Plimsoll did not start', async () => {
      const port = await aFreePort();
      const { environment } = await aLocalEnvironment({
        shop: { address: '127.0.0.1:9', labels: { app: 'orders' }, port },
      });
      const { injector } = environment;
      const kill = aFault('PodChaos', { action: 'pod-kill' });
      const stress = aFault('StressChaos', { stressors: { cpu: { workers: 1, load: 10 } } });
      for (const fault of [kill, stress]) {
        const [finding] = await injector.preflight(fault, never);
        expect(finding).to.include({ severity: 'stop', code: 'not-owned' });
      }
      expect(await injector.preflight(delay(), never)).to.deep.equal([]);
    });

    it('adds up the stress of all targets', async () => {
      const { environment } = await aLocalEnvironment({
        orders: await aService('healthy.mjs', { replicas: 3 }),
      });
      const stress = aFault('StressChaos', {
        stressors: { cpu: { workers: 1, load: 10 }, memory: { workers: 1, size: '100MiB' } },
      });
      const findings = await environment.injector.preflight(stress, never);
      expect(findings.map(({ code }) => code)).to.deep.equal(['stress-limit', 'stress-limit']);
      expect(findings[1]?.message).to.contain('300 MiB').and.to.contain('256 MiB');
    });
  });

  it('selects as the mode says, before the start already, and the same targets each time', async () => {
    const { environment } = await aLocalEnvironment({
      orders: await aService('healthy.mjs', { replicas: 4 }),
    });
    const select = async (spec: Record<string, unknown>, name?: string): Promise<readonly string[]> =>
      (await environment.injector.select(delay(name, spec), never)).map(({ uid }) => uid);

    expect(await select({ mode: 'all' })).to.deep.equal([
      'orders-1#1',
      'orders-2#1',
      'orders-3#1',
      'orders-4#1',
    ]);
    expect(await select({ mode: 'fixed', value: '3' })).to.have.length(3);
    expect(await select({ mode: 'fixed-percent', value: '50' })).to.have.length(2);
    const one = await select({ mode: 'one' });
    expect(one).to.have.length(1);
    for (let times = 0; times < 5; times++) expect(await select({ mode: 'one' })).to.deep.equal(one);
    expect(await select({ selector: { pods: { default: ['orders-3'] } } })).to.deep.equal(['orders-3#1']);
  });

  describe('of the proxy', () => {
    it('delays one of two replicas, proves it by measuring, and takes it out again', async () => {
      const { environment, url } = await started(2);
      const applied = await environment.injector.apply(delay('delay', { mode: 'one' }), never);
      const injection = await applied.injected(never);
      expect(injection.targets).to.have.length(1);
      expect(injection.evidence).to.match(/^connect \+\S+ m?s on 1 of 1$/);
      expect(durationIn(injection.evidence)).to.be.at.least(200);

      const [target] = injection.targets;
      const durations = new Map<string, number>();
      for (let times = 0; times < 2; times++) {
        const startMs = performance.now();
        const { replica } = await ask(url);
        durations.set(replica, performance.now() - startMs);
      }
      expect(durations.get(target!.id)).to.be.at.least(399); // its connection, and its answer
      const [reading] = await readings(applied, 1);
      expect(reading?.coverage).to.equal(1);
      expect(reading?.detail).to.contain(`on ${target!.id}`);
      expect(durationIn(reading!.detail.replace(/.*added/, ''))).to.be.at.least(200);

      const recovery = await applied.recover();
      expect(recovery.status).to.equal('recovered');
      expect(await applied.recover()).to.deep.equal(recovery);
    });

    it('holds several faults at once, and takes out only the one that is recovered', async () => {
      const { environment } = await started(1);
      const { injector } = environment;
      const first = await injector.apply(delay('first'), never);
      await first.injected(never);
      const second = await injector.apply(
        aFault(
          'NetworkChaos',
          { action: 'bandwidth', bandwidth: { rate: '1mbps', limit: 10_000, buffer: 10_000 } },
          'second',
        ),
        never,
      );
      expect((await second.injected(never)).evidence).to.contain('1 of 1');

      expect((await first.recover()).status).to.equal('recovered');
      expect((await readings(second, 1))[0]?.coverage).to.equal(1);
      expect((await readings(first, 1))[0]?.coverage).to.equal(0);
      expect((await second.recover()).status).to.equal('recovered');
    });

    it('proves a partition by the connections that it holds', async () => {
      const { environment, url } = await started(1);
      const applied = await environment.injector.apply(
        aFault('NetworkChaos', { action: 'partition', direction: 'both' }),
        never,
      );
      expect((await applied.injected(never)).evidence).to.equal('connections are held on 1 of 1');
      const held = ask(url);
      expect((await applied.recover()).status).to.equal('recovered');
      expect((await held).replica).to.equal('orders-1');
    });

    it('sets an HTTP fault, which no request of its own has to prove', async () => {
      const { environment, url } = await started(1);
      const applied = await environment.injector.apply(
        aFault('HTTPChaos', { target: 'Request', port: 80, path: '*', abort: true }),
        never,
      );
      expect((await applied.injected(never)).evidence).to.contain('set on 1 of 1');
      await ask(url).then(
        () => expect.fail('it was answered'),
        () => undefined,
      );
      await applied.recover();
      expect((await ask(url)).replica).to.equal('orders-1');
    });

    it('is lost with an instance: the coverage falls when a replica is replaced', async () => {
      const { environment, events, url } = await started(2);
      const applied = await environment.injector.apply(delay(), never);
      await applied.injected(never);
      expect((await readings(applied, 1))[0]?.coverage).to.equal(1);

      process.kill((await ask(url)).pid, 'SIGKILL');
      await waitUntil('it is ready again', () => events.some(({ kind }) => kind === 'replica-ready'));

      const [reading] = await readings(applied, 1);
      expect(reading?.coverage).to.equal(0.5);
      expect(reading?.detail).to.match(/orders-\d#1 is gone, and its fault with it/);
      expect((await applied.recover()).status).to.equal('recovered');
    });

    it('does not survive the proxy, and says so', async () => {
      const { environment, recorded, events } = await started(1);
      const applied = await environment.injector.apply(delay(), never);
      await applied.injected(never);
      process.kill(recorded.find(({ role }) => role === 'fault proxy')!.pid, 'SIGKILL');
      await waitUntil('its exit is told', () => events.some(({ kind }) => kind === 'proxy-exited'));

      expect((await readings(applied, 1))[0]).to.include({ coverage: 0 });
      expect(evidenceOf(await applied.recover())).to.contain('lived in the fault proxy alone');

      const another = await environment.injector.apply(delay('another'), never);
      expect(await reasonOf(another.injected(never))).to.contain('the fault another was not injected');
      expect((await another.recover()).status).to.equal('recovered');
    });

    it('acts on a service that the user started', async () => {
      const { url } = await started(1);
      const address = url.replace('http://', '');
      const { environment } = await aLocalEnvironment({
        shop: { address, labels: { app: 'orders' }, port: await aFreePort() },
      });
      await environment.start(never);
      const applied = await environment.injector.apply(delay(), never);
      const injection = await applied.injected(never);
      expect(injection.targets).to.deep.equal([{ id: 'shop', uid: 'shop#1', service: 'shop' }]);
      expect(injection.evidence).to.contain('on 1 of 1');
      await applied.recover();
    });
  });

  describe('of the supervisor', () => {
    it('kills a replica, which comes back, and may be killed again', async () => {
      const { environment, events } = await started(2);
      for (const [round, uid] of [
        ['first', 'orders-1#1'],
        ['second', 'orders-1#2'],
      ] as const) {
        const fault = aFault(
          'PodChaos',
          { action: 'pod-kill', selector: { pods: { default: ['orders-1'] } } },
          'kill',
        );
        const applied = await environment.injector.apply(fault, never);
        const injection = await applied.injected(never);
        expect(injection.targets, round).to.deep.equal([{ id: 'orders-1', uid, service: 'orders' }]);
        expect(injection.evidence).to.match(new RegExp(`^${uid} \\(pid \\d+\\) gone .+ after SIGKILL$`));
        expect((await readings(applied, 1))[0]?.coverage).to.equal(1);
        expect(evidenceOf(await applied.recover())).to.contain(`ready in place of ${uid}`);
      }
      expect(events.filter(({ kind }) => kind === 'replica-killed')).to.have.length(2);
      expect(events.filter(({ kind }) => kind === 'replica-exited')).to.deep.equal([]);
    });

    it('keeps a replica down for the window of a pod-failure, and starts it after', async () => {
      const { environment, events, recorded, url } = await started(2, 1);
      const fault = aFault('PodChaos', {
        action: 'pod-failure',
        selector: { pods: { default: ['orders-2'] } },
      });
      const applied = await environment.injector.apply(fault, never);
      const injection = await applied.injected(never);
      expect(injection.evidence).to.match(/^orders-2#1 \(pid \d+\) gone: kept down, 1 of 1$/);

      for (let times = 0; times < 4; times++) expect((await ask(url)).replica).to.equal('orders-1');
      const seen = await readings(applied, 2);
      expect(seen.map(({ coverage }) => coverage)).to.deep.equal([1, 1]);
      expect(events.some(({ kind }) => kind === 'replica-restarted')).to.equal(false);
      const { pid } = recorded.find(({ role }) => role === 'replica orders-2')!;
      expect(await groupMembers(pid)).to.deep.equal([]);

      expect(evidenceOf(await applied.recover())).to.contain('orders-2#2 ready');
      const answers = [await ask(url), await ask(url)];
      expect(answers.map(({ replica }) => replica).sort()).to.deep.equal(['orders-1', 'orders-2']);
    });

    it('is not injected where the replica is down already', async () => {
      const { environment, events, url } = await started(1, 60_000);
      process.kill((await ask(url)).pid, 'SIGKILL');
      await waitUntil('its exit is told', () => events.some(({ kind }) => kind === 'replica-exited'));
      const applied = await environment.injector.apply(aFault('PodChaos', { action: 'pod-kill' }), never);
      expect(await reasonOf(applied.injected(never))).to.contain('found no process of orders-1: it is down');
    });

    it('waits no longer for a replica when the environment is stopped', async () => {
      const { environment } = await started(1, 60_000);
      const applied = await environment.injector.apply(aFault('PodChaos', { action: 'pod-kill' }), never);
      await applied.injected(never);
      const recovery = applied.recover();
      expect(await environment.stop()).to.deep.equal([]);
      expect(evidenceOf(await recovery)).to.contain('stopped with its environment');
    });
  });

  it('refuses to apply what preflight would have refused', async () => {
    const { environment } = await started(1);
    expect(await reasonOf(environment.injector.apply(aFault('TimeChaos', {}), never))).to.contain(
      'cannot be injected',
    );
  });

  it('gives up the proof of an injection when it is told to', async () => {
    const { environment, url } = await started(1);
    const applied = await environment.injector.apply(delay('slow', { delay: { latency: '2s' } }), never);
    const interrupt = new AbortController();
    const proof = reasonOf(applied.injected(interrupt.signal));
    interrupt.abort(new Error('enough'));
    expect(await proof).to.equal('enough');
    expect((await applied.recover()).status).to.equal('recovered');
    expect((await ask(url)).replica).to.equal('orders-1');
  });

  it('leaves no fault behind when the environment stops', async () => {
    const { environment, url } = await started(1);
    const applied = await environment.injector.apply(delay(), never);
    await applied.injected(never);
    expect(await environment.stop()).to.deep.equal([]);
    expect((await applied.recover()).status).to.equal('recovered');
    const refused = await new Promise((resolve) => {
      connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
        .once('error', () => {
          resolve(true);
        })
        .once('connect', () => {
          resolve(false);
        });
    });
    expect(refused).to.equal(true);
  });
});

/** The first duration in a text, in ms. A busy machine adds something to a delay, and takes nothing off. */
function durationIn(text: string): number {
  const [, number, unit] = /([\d.]+) (ms|s)\b/.exec(text) ?? [];
  return Number(number) * (unit === 's' ? 1000 : 1);
}

async function readings(applied: AppliedFault, count: number): Promise<readonly DoseReading[]> {
  const enough = new AbortController();
  const seen: DoseReading[] = [];
  for await (const reading of applied.dose(enough.signal)) {
    seen.push(reading);
    if (seen.length === count) enough.abort();
  }
  return seen;
}

function evidenceOf(recovery: Recovery): string {
  expect(recovery.status).to.equal('recovered');
  return recovery.status === 'recovered' ? recovery.evidence : '';
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was expected to reject');
}
