import { expect } from 'chai';
import {
  aFault,
  inject,
  openEnvironment,
  PARTITION,
  recovered,
  recoveredAtLast,
  stopEnvironments,
} from './support/an-environment.js';
import { aProxiedShop } from './support/a-proxied-shop.js';
import { rejection } from './support/rejection.js';

const SOON = () => AbortSignal.timeout(20_000);
const NONE = () => false;

/** Requests on the objects of faults by what they ask for. */
const FAULTS = /\/networkchaos(\/|\?|$)/;
const isCreate = (request: string) => request.startsWith('POST') && FAULTS.test(request);
const isDelete = (request: string) => request.startsWith('DELETE') && FAULTS.test(request);
const isPatch = (request: string) => request.startsWith('PATCH') && FAULTS.test(request);
const isWatch = (request: string) => FAULTS.test(request) && request.includes('watch=true');
const isRead = (request: string) => request.startsWith('GET') && FAULTS.test(request);

/** Preflight has found every right there; then an administrator takes one away. */
describe('a right that is taken away in mid-run on a real cluster', () => {
  afterEach(async () => {
    shop.proxy.forbid(NONE);
    await stopEnvironments();
  });
  const shop = aProxiedShop();

  const open = async () =>
    await openEnvironment({ recoverDeadlineMs: 7000, config: { kubeconfig: shop.proxy.kubeconfig } });

  it('to create: nothing is put in, and the API server is quoted', async () => {
    const { environment, runId } = await open();
    shop.proxy.forbid(isCreate);
    const error = await rejection(
      environment.injector.apply(aFault(runId, 'NetworkChaos', PARTITION), SOON()),
    );
    expect(error).to.include({ code: 'FAULT_NOT_INJECTED' });
    expect((error as Error).message).to.include('was refused: no right: POST');
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('to watch: the object is looked at instead', async () => {
    const { environment, runId } = await open();
    shop.proxy.forbid(isWatch);
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    expect(await recovered(applied)).to.match(
      /(^2 of 2 targets recovered|^let go by its finalizer), .*no leftovers/,
    );
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('to see faults: an injection is not believed, and neither is a recovery', async () => {
    const { environment, runId } = await open();
    shop.proxy.forbid(isRead);
    const applied = await environment.injector.apply(aFault(runId, 'NetworkChaos', PARTITION), SOON());
    const error = await rejection(applied.injected(AbortSignal.timeout(3000)));
    expect(error).to.include({ code: 'FAULT_NOT_INJECTED' });
    expect(await applied.recover()).to.include({ status: 'unconfirmed' });
    const [finding] = await environment.stop();
    expect(finding).to.include({ severity: 'stop', code: 'cannot-check' });
    expect(finding?.message).to.include('no right to list NetworkChaos');
    shop.proxy.forbid(NONE);
    await recoveredAtLast(applied);
  });

  it('to delete: the fault is unconfirmed, with the words of the API server, until the right is back', async () => {
    const { environment, runId } = await open();
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    shop.proxy.forbid(isDelete);
    const stuck = await applied.recover();
    expect(stuck).to.include({ status: 'unconfirmed' });
    expect(stuck).to.have.property('reason').that.includes('could not be deleted: no right: DELETE');
    shop.proxy.forbid(NONE);
    await recoveredAtLast(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('to touch faults, to see leftovers, to hold leases: the run goes on, and says what it did not look at', async () => {
    const { environment, runId } = await open();
    shop.proxy.forbid((request) => isPatch(request) || /\/(leases|podnetworkchaos)/.test(request));
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    expect(await recovered(applied)).to.match(/object gone \(leftovers not looked for: no right/);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('to list faults: a sweep does not call them gone', async () => {
    const { environment, runId } = await open();
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    shop.proxy.forbid(isRead);
    const run = { runId, environment: 'e2e', processes: [], temporaryFolders: [] };
    const sweep = async (faultKinds?: readonly string[]) =>
      await environment.injector.sweep({ runs: [{ ...run, faultKinds }] }, SOON());
    expect(await sweep(['NetworkChaos'])).to.deep.equal([
      {
        ...{ runId, what: 'NetworkChaos', status: 'left' },
        detail: 'whether one is there cannot be told: no right to list networkchaos',
      },
    ]);
    expect(await sweep(), 'a journal that does not tell the kinds').to.have.length(1);
    expect(await sweep(['PodChaos']), 'a run that had no such fault').to.deep.equal([]);
    shop.proxy.forbid(NONE);
    await recoveredAtLast(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('to see leases: orphans are left, since nobody knows whether their runs live', async () => {
    const { environment, runId } = await open();
    const { applied } = await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
    const other = await open();
    shop.proxy.forbid((request) => request.includes('/leases/'));
    const [left] = await other.environment.injector.sweep({ runs: [], orphans: { living: [] } }, SOON());
    expect(left).to.include({ runId, status: 'left' });
    expect(left?.detail).to.include('whether its run lives cannot be told');
    shop.proxy.forbid(NONE);
    await recoveredAtLast(applied);
    expect(await environment.stop()).to.deep.equal([]);
  });
});
