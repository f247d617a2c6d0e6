import { expect } from 'chai';
import { readUsage } from '../../../../src/chaos/chaos-mesh/read-usage.js';
import { compareUsage, watchUsage } from '../../../../src/chaos/chaos-mesh/watch-usage.js';
import { aPod } from '../../../support/a-pod.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { createFakeClock } from '../../../support/fake-clock.js';

const SOON = () => AbortSignal.timeout(20_000);
const STRESS = { apiVersion: '', kind: 'StressChaos', spec: { stressors: { cpu: { workers: 1 } } } };

describe('what the targets use', () => {
  let api: FakeApiServer;
  let cpu: string;
  let status: number;

  beforeEach(async () => {
    cpu = '20m';
    status = 200;
    api = await openFakeApiServer((_, response) => {
      const metrics = (name: string) => ({
        metadata: { name, namespace: 'shop' },
        containers: [
          { name: 'app', usage: { cpu, memory: '64Mi' } },
          { name: 'sidecar', usage: { cpu: '5000000n', memory: '1024Ki' } },
        ],
      });
      const items = [metrics('a'), metrics('somebody-else')];
      answer(response, status === 200 ? { items, metadata: {} } : { message: 'no such thing' }, status);
    });
  });
  afterEach(async () => {
    await api.close();
  });

  it('is read of the targets alone, in all the ways that Kubernetes writes it', async () => {
    expect(await readUsage(api.client, [aPod('a')], SOON())).to.deep.equal({
      status: 'read',
      cpuMillis: 25,
      memoryBytes: 65 * 2 ** 20,
    });
  });

  it('is unknown where nobody measures it', async () => {
    status = 404;
    expect(await readUsage(api.client, [aPod('a')], SOON())).to.deep.equal({
      status: 'unknown',
      reason: 'the cluster has no metrics.k8s.io',
    });
    const clock = createFakeClock(0);
    const watch = await watchUsage({ client: api.client, clock }, STRESS, [aPod('a')], SOON());
    expect(await watch?.look(SOON())).to.have.property('status', 'unknown');
    expect(await watch?.look(SOON()), 'said once').to.equal(undefined);
  });

  it('is looked at seldom, and seen when it rises', async () => {
    const clock = createFakeClock(0);
    const watch = await watchUsage({ client: api.client, clock }, STRESS, [aPod('a')], SOON());
    expect(await watch?.look(SOON())).to.equal(undefined);
    clock.advanceTo(21_000);
    expect(await watch?.look(SOON())).to.have.property('status', 'unknown');
    expect(await watch?.look(SOON())).to.equal(undefined);
    cpu = '1';
    clock.advanceTo(46_000);
    expect(await watch?.look(SOON())).to.deep.equal({
      status: 'seen',
      detail: 'CPU of the targets 0.03 cores -> 1.00 cores',
    });
    expect(api.requests).to.have.length(3);
  });

  it('is not asked about for faults that take none of it', async () => {
    const manifest = { ...STRESS, kind: 'NetworkChaos' };
    const clock = createFakeClock(0);
    expect(await watchUsage({ client: api.client, clock }, manifest, [aPod('a')], SOON())).to.equal(
      undefined,
    );
    expect(api.requests).to.deep.equal([]);
  });

  it('is not there where the metrics must have heard of it and have not', () => {
    const idle = { status: 'read', cpuMillis: 20, memoryBytes: 2 ** 26 } as const;
    const wanted = { cpu: false, memory: true };
    expect(compareUsage(idle, idle, wanted, true).status).to.equal('not-seen');
    expect(compareUsage(idle, idle, wanted, false).status).to.equal('unknown');
    expect(compareUsage(idle, { ...idle, memoryBytes: 2 ** 28 }, wanted, true)).to.deep.equal({
      status: 'seen',
      detail: 'memory of the targets 64 MiB -> 256 MiB',
    });
  });
});
