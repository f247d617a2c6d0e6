import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { createClusterEnvironment } from '../../src/chaos/chaos-mesh/create-cluster-environment.js';
import type { ClusterReach } from '../../src/chaos/chaos-mesh/cluster-config.js';
import type { Environment } from '../../src/chaos/environment.js';
import type { RunEvent } from '../../src/shared/run-event.js';
import { realClock } from '../support/real-clock.js';
import { waitUntil } from '../support/wait-until.js';
import { aFault, aRunId, inject, recovered } from './support/an-environment.js';
import { kubeconfig, kubectl } from './support/kubectl.js';
import { closeShop, openShop, SHOP } from './support/shop.js';

const SOON = () => AbortSignal.timeout(20_000);
const DELAY_MS = 400;

describe('a service on a real cluster, reached through a port-forward', () => {
  let environments: Environment[] = [];

  before(async () => {
    await openShop('orders', 2);
  });
  after(closeShop);
  afterEach(async () => {
    for (const environment of environments) expect(await environment.stop()).to.deep.equal([]);
    environments = [];
  });

  const open = async (reach: ClusterReach) => {
    const events: RunEvent[] = [];
    const runId = aRunId();
    const environment = await createClusterEnvironment(
      {
        name: 'e2e',
        config: {
          namespace: SHOP,
          guards: { maxPercent: 100, minHealthy: 0 },
          services: { orders: { service: 'orders', port: 80 } },
          reach,
          ...(kubeconfig === undefined ? {} : { kubeconfig }),
        },
        configFolder: '/',
        usedServices: ['orders'],
        runId,
        clock: realClock,
        logger: { debug: () => undefined, warn: () => undefined },
        onEvent: (event) => events.push(event),
        leaseMs: 120_000,
        recoverDeadlineMs: 30_000,
      },
      SOON(),
    );
    environments.push(environment);
    return { environment, runId, events, url: environment.services[0]!.url };
  };

  const status = async (url: string): Promise<number | undefined> => {
    try {
      const { statusCode, body } = await request(url, { reset: true, headersTimeout: 10_000 });
      await body.dump();
      return statusCode;
    } catch {
      return undefined;
    }
  };

  it('answers on a port of this machine, and says in preflight what that does to the numbers', async () => {
    const { environment, url, events } = await open('forward');
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    const found = await environment.preflight(SOON());
    expect(found.map(({ code, severity }) => `${severity} ${code}`)).to.deep.equal(['warning port-forward']);
    await environment.start(SOON());
    for (let index = 0; index < 6; index++) expect(await status(url)).to.equal(200);
    expect(await environment.stop()).to.deep.equal([]);
    expect(events.at(-1)?.message).to.match(/^6 connections to \S+ went to 2 pods/);
    expect(await status(url), 'after the end').to.equal(undefined);
  });

  it('goes on to the pods that come in place of killed ones', async () => {
    const { environment, runId, url } = await open('forward');
    const fault = aFault(runId, 'PodChaos', { action: 'pod-kill' });
    await environment.injector.select(fault, SOON());
    await environment.start(SOON());
    expect(await status(url)).to.equal(200);
    const { applied } = await inject(environment, fault);
    await recovered(applied);
    await waitUntil('the new pods answer', async () => (await status(url)) === 200);
    const [first, second] = [await status(url), await status(url)];
    expect([first, second]).to.deep.equal([200, 200]);
  });

  it('goes around a delay in the network of the pods, which is why preflight stops such a fault', async () => {
    const forwarded = await open('forward');
    const direct = await open('address');
    const fault = aFault(forwarded.runId, 'NetworkChaos', {
      action: 'delay',
      delay: { latency: `${DELAY_MS}ms` },
    });
    const stops = async (environment: Environment) =>
      (await environment.injector.preflight(fault, SOON()))
        .filter(({ severity }) => severity === 'stop')
        .map(({ code }) => code);
    expect(await stops(forwarded.environment)).to.deep.equal(['missed-by-forward']);
    expect(await stops(direct.environment)).to.deep.equal([]);
    await forwarded.environment.start(SOON());
    // What routes the Service's address learns of new pods later than the forward does.
    for (const { url } of [forwarded, direct])
      await waitUntil(`${url} answers`, async () => (await status(url)) === 200, 60_000);
    const { applied } = await inject(forwarded.environment, fault);
    const [around, through] = [await fastest(forwarded.url), await fastest(direct.url)];
    await recovered(applied);
    expect(through, 'by the address of the Service').to.be.at.least(DELAY_MS * 0.95);
    expect(around, 'through the port-forward').to.be.lessThan(DELAY_MS * 0.95);
  });

  /** The fastest of some: a busy machine makes some slow, and never one fast. */
  async function fastest(url: string): Promise<number> {
    const times: number[] = [];
    for (let index = 0; index < 5; index++) {
      const startMs = performance.now();
      expect(await status(url)).to.equal(200);
      times.push(performance.now() - startMs);
      await sleep(20);
    }
    return Math.min(...times);
  }

  it('finds out in preflight that no pod is ready', async () => {
    await kubectl('-n', SHOP, 'scale', 'deployment/orders', '--replicas=0');
    await kubectl('-n', SHOP, 'wait', '--for=delete', 'pod', '-l', 'app=orders', '--timeout=60s');
    try {
      const { environment } = await open('forward');
      const found = await environment.preflight(SOON());
      expect(found.map(({ code }) => code)).to.include('no-endpoint');
    } finally {
      await openShop('orders', 2);
    }
  });
});
