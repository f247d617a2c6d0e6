import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { claimPath, lockEnvironment, type LockOwner } from '../../../src/experiments/lock-environment.js';
import { processStartToken } from '../../../src/shared/process-identity.js';
import { rejectionOf } from '../../support/rejection-of.js';
import { endPrograms, runProgram } from '../../support/run-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('the lock of an environment', () => {
  const state = temporaryFolder();
  afterEach(endPrograms);

  async function aLivingOwner(runId: string): Promise<LockOwner> {
    return { runId, pid: process.pid, startToken: (await processStartToken(process.pid)) ?? '' };
  }
  /** The pid is of a living process, which is another one. */
  const aDeadOwner: LockOwner = { runId: 'dead', pid: process.pid, startToken: 'another' };

  it('is refused to a second run, by the name and the pid of the first', async () => {
    const lock = await lockEnvironment(state.path, 'local', await aLivingOwner('first'));
    const error = await rejectionOf(lockEnvironment(state.path, 'local', await aLivingOwner('second')));
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.equal(`the environment "local" is in use by run first (pid ${process.pid})`);
    expect(error.remedy).to.not.be.empty;
    await (await lockEnvironment(state.path, 'other', await aLivingOwner('second'))).release();

    await lock.release();
    const next = await lockEnvironment(state.path, 'local', await aLivingOwner('second'));
    // The first one's release is over: it must not take the second one's lock away.
    await lock.release();
    await rejectionOf(lockEnvironment(state.path, 'local', await aLivingOwner('third')));
    await next.release();
    expect(await readdir(join(state.path, 'locks'))).to.be.empty;
  });

  it('is not held by a dead process, nor by another one with its pid', async () => {
    await lockEnvironment(state.path, 'local', aDeadOwner);
    const lock = await lockEnvironment(state.path, 'local', await aLivingOwner('next'));
    expect(await readdir(join(state.path, 'locks'))).to.deep.equal(['local.json']);
    await lock.release();
    expect(await readdir(join(state.path, 'locks'))).to.be.empty;
  });

  it('is taken over from a dead process by one of many', async () => {
    for (let round = 0; round < 20; round++) {
      await lockEnvironment(state.path, 'local', { ...aDeadOwner, runId: `dead-${round}` });
      const owners = await Promise.all(
        Array.from({ length: 8 }, (_, index) => aLivingOwner(`taker-${index}`)),
      );
      const taken = await Promise.allSettled(
        owners.map((owner) => lockEnvironment(state.path, 'local', owner)),
      );
      const winners = taken.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(winners).to.have.length(1);
      const winner = owners[taken.findIndex(({ status }) => status === 'fulfilled')];
      for (const outcome of taken) {
        if (outcome.status === 'rejected') {
          expect((outcome.reason as Error).message).to.include(`in use by run ${winner?.runId} `);
        }
      }
      await winners[0]?.release();
    }
  });

  it('is held by one process at a time, though many take it and some die with it', async () => {
    const takers = await Promise.all(
      Array.from({ length: 8 }, (_, seed) =>
        runProgram('take-locks', [state.path, '40', '5', `taker-${seed}`]),
      ),
    );
    const exits = await Promise.all(takers.map((taker) => taker.exited));
    // 1 is that of a taker which was not alone.
    for (const exit of exits) expect(exit).to.have.property('code').that.is.oneOf([0, 9]);
    expect(exits.some((exit) => exit.status === 'exited' && exit.code === 9)).to.equal(true);
    await (await lockEnvironment(state.path, 'local', await aLivingOwner('last'))).release();
    expect(await readdir(join(state.path, 'locks'))).to.be.empty;
  });

  it('is taken over even where a taker died in the middle of it', async () => {
    await lockEnvironment(state.path, 'local', aDeadOwner);
    // What a taker leaves that dies between its claim and the exchange: a lock on the takeover, of a dead holder.
    await writeFile(
      claimPath(join(state.path, 'locks', 'local.json'), aDeadOwner),
      JSON.stringify({ ...aDeadOwner, runId: 'taker' }),
    );
    const lock = await lockEnvironment(state.path, 'local', await aLivingOwner('next'));
    await rejectionOf(lockEnvironment(state.path, 'local', await aLivingOwner('late')));
    await lock.release();
    expect(await readdir(join(state.path, 'locks'))).to.be.empty;
  });

  it('does not guess whose a lock is that cannot be read', async () => {
    await mkdir(join(state.path, 'locks'));
    await writeFile(join(state.path, 'locks', 'local.json'), 'what?');
    const error = await rejectionOf(lockEnvironment(state.path, 'local', await aLivingOwner('next')));
    expect(error.code).to.equal('NOT_READY');
    expect(error.remedy).to.include(`rm '${join(state.path, 'locks', 'local.json')}'`);
  });

  it('says what to do where it cannot be written', async () => {
    await writeFile(join(state.path, 'file'), '');
    const error = await rejectionOf(
      lockEnvironment(join(state.path, 'file'), 'local', await aLivingOwner('next')),
    );
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.include(join(state.path, 'file', 'locks', 'local.json'));
  });
});
