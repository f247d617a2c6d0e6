import { expect } from 'chai';
import { findProgram } from '../../../../src/shared/find-program.js';
import { groupMembers } from '../../../../src/chaos/local/process-table.js';
import { startStress } from '../../../../src/chaos/local/stress/start-stress.js';
import {
  aFault,
  aLocalEnvironment,
  aService,
  endEnvironments,
} from '../../../support/a-local-environment.js';
import { requires } from '../../../support/requirement.js';
import { waitUntil } from '../../../support/wait-until.js';

const never = new AbortController().signal;
const CPU = { cpu: { workers: 1, load: 60 } };
const MEMORY = { memory: { workers: 2, size: '64MiB' } };

describe('stress in the local environment', () => {
  let stressNg: string | undefined;
  before(async () => {
    const found = await findProgram('stress-ng', '/', process.env.PATH ?? '');
    if (found.status === 'found') stressNg = found.path;
  });
  afterEach(endEnvironments);

  for (const { by, searchPath } of [
    { by: "Plimsoll's own workers", searchPath: '' },
    { by: 'stress-ng', searchPath: process.env.PATH ?? '' },
  ]) {
    for (const [what, stressors, proof] of [
      ['processor time', CPU, /^orders-1 takes [\d.]+ of 0\.60 processors, by /],
      ['memory', MEMORY, /^orders-1 holds \d+ of 64 MiB, by /],
    ] as const) {
      it(`takes ${what}, through ${by}, and gives it back`, async function () {
        if (by === 'stress-ng') requires(this, 'stress-ng', stressNg);
        const { environment, recorded } = await aLocalEnvironment(
          { orders: await aService('healthy.mjs') },
          { searchPath },
        );
        await environment.start(never);
        const applied = await environment.injector.apply(aFault('StressChaos', { stressors }), never);

        const injection = await applied.injected(never);

        expect(injection.evidence).to.match(proof).and.to.contain(`by ${by}`);
        const { pid } = recorded.find(({ role }) => role === 'stress orders-1')!;
        const enough = new AbortController();
        // A machine that is busy with other things may not give it its share in each of them.
        let working = 0;
        for await (const { coverage } of applied.dose(enough.signal)) {
          working += coverage;
          if (working === 2) enough.abort();
        }
        expect(working).to.equal(2);

        const recovery = await applied.recover();
        expect(recovery.status).to.equal('recovered');
        expect(await groupMembers(pid)).to.deep.equal([]);
      });
    }

    it(`ends by itself, through ${by}, when its parent is gone`, async function () {
      if (by === 'stress-ng') requires(this, 'stress-ng', stressNg);
      const set = await startStress(
        {
          targetId: 'orders-1',
          plan: { cpu: { workers: 1, loadPercent: 5 } },
          stressNg: by === 'stress-ng' ? stressNg : undefined,
          runId: `stress-test-${process.pid}`,
          recorder: { processStarted: () => Promise.resolve() },
        },
        never,
      );
      try {
        await waitUntil('it works', async () => (await set.usage()).cpuMs > set.before.cpuMs);
        set.disconnect(); // what the kernel does when a parent dies
        await waitUntil('it is gone', async () => (await groupMembers(set.pid)).length === 0);
      } finally {
        await set.stop();
      }
    });
  }

  it('covers nothing any more once its processes are gone', async () => {
    const { environment, recorded } = await aLocalEnvironment(
      { orders: await aService('healthy.mjs') },
      { searchPath: '' },
    );
    await environment.start(never);
    const applied = await environment.injector.apply(aFault('StressChaos', { stressors: CPU }), never);
    await applied.injected(never);
    const { pid } = recorded.find(({ role }) => role === 'stress orders-1')!;
    process.kill(-pid, 'SIGKILL');
    await waitUntil('they are gone', async () => (await groupMembers(pid)).length === 0);

    const enough = new AbortController();
    for await (const { coverage, detail } of applied.dose(enough.signal)) {
      expect(coverage).to.equal(0);
      expect(detail).to.contain('no stress process any more');
      enough.abort();
    }
    expect((await applied.recover()).status).to.equal('recovered');
  });

  it('takes no more than is allowed, faults that are in already included', async () => {
    const { environment } = await aLocalEnvironment(
      { orders: await aService('healthy.mjs') },
      { searchPath: '', stress: { maxCpuWorkers: 1, maxMemory: 1 } },
    );
    await environment.start(never);
    const first = await environment.injector.apply(aFault('StressChaos', { stressors: CPU }, 'first'), never);
    let message = '';
    try {
      await environment.injector.apply(aFault('StressChaos', { stressors: CPU }, 'second'), never);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.contain('the fault second cannot be injected').and.to.contain('2 CPU workers');
    await first.recover();
    const third = await environment.injector.apply(aFault('StressChaos', { stressors: CPU }, 'third'), never);
    await third.recover();
  });
});
