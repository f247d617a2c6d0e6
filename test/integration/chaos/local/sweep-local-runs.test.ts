import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeadRun } from '../../../../src/chaos/fault-injector.js';
import type { RecordedProcess } from '../../../../src/shared/run-recorder.js';
import { groupMembers, listProcesses } from '../../../../src/chaos/local/process-table.js';
import { sweepLocalRuns } from '../../../../src/chaos/local/sweep-local-runs.js';
import { processStartToken } from '../../../../src/shared/process-identity.js';
import { runMarker } from '../../../../src/shared/run-marker.js';
import { endFixtures, spawnFixture } from '../../../support/spawn-fixture.js';
import { requires } from '../../../support/requirement.js';
import { waitUntil } from '../../../support/wait-until.js';

const RUN_ID = `sweep-test-${process.pid}`;
const never = new AbortController().signal;

async function recordedAs(pid: number, overrides: Partial<RecordedProcess> = {}): Promise<RecordedProcess> {
  const startToken = (await processStartToken(pid)) ?? 'gone';
  return { pid, startToken, role: 'replica orders-1', group: true, ...overrides };
}

function aDeadRun(overrides: Partial<DeadRun>): DeadRun {
  return { runId: RUN_ID, environment: 'local', processes: [], temporaryFolders: [], ...overrides };
}

async function isAlive(pid: number): Promise<boolean> {
  return (await listProcesses()).some((entry) => entry.pid === pid);
}

describe('sweepLocalRuns', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'));
  });
  afterEach(async () => {
    await endFixtures();
    await rm(folder, { recursive: true, force: true });
  });

  it('ends a recorded process with its whole group, though it ignores SIGTERM and is stopped', async () => {
    const { pid } = await spawnFixture('sleeper.mjs', { args: ['parent'], group: true });
    await waitUntil('the child is there', async () => (await groupMembers(pid)).length === 2);
    const recorded = await recordedAs(pid);
    process.kill(-pid, 'SIGSTOP');

    const swept = await sweepLocalRuns({ runs: [aDeadRun({ processes: [recorded] })] }, never);

    expect(swept).to.have.length(1);
    expect(swept[0]).to.include({ runId: RUN_ID, what: `replica orders-1 (pid ${pid})`, status: 'removed' });
    expect(await groupMembers(pid)).to.deep.equal([]);
  });

  it('never touches a pid that belongs to another process by now', async () => {
    const { pid } = await spawnFixture('sleeper.mjs', { group: true });
    const recorded = await recordedAs(pid, { startToken: 'of a process before' });

    const swept = await sweepLocalRuns({ runs: [aDeadRun({ processes: [recorded] })] }, never);

    expect(swept[0]).to.include({ status: 'already-gone' });
    expect(swept[0]?.detail).to.contain('not touched');
    expect(await isAlive(pid)).to.equal(true);
  });

  it('ends what is left of a group whose leader is gone, where it carries the mark', async () => {
    const { pid, child, exited } = await spawnFixture('sleeper.mjs', {
      args: ['parent'],
      group: true,
      env: runMarker(RUN_ID),
    });
    await waitUntil('the child is there', async () => (await groupMembers(pid)).length === 2);
    const recorded = await recordedAs(pid);
    child.kill('SIGKILL');
    await exited;
    expect(await groupMembers(pid)).to.have.length(1);

    const swept = await sweepLocalRuns({ runs: [aDeadRun({ processes: [recorded] })] }, never);

    expect(swept[0]).to.include({ status: 'removed' });
    expect(await groupMembers(pid)).to.deep.equal([]);
  });

  it('leaves a member of such a group alone that does not carry the mark, and says how to look', async () => {
    const { pid, child, exited } = await spawnFixture('sleeper.mjs', { args: ['parent'], group: true });
    await waitUntil('the child is there', async () => (await groupMembers(pid)).length === 2);
    const recorded = await recordedAs(pid);
    child.kill('SIGKILL');
    await exited;

    const swept = await sweepLocalRuns({ runs: [aDeadRun({ processes: [recorded] })] }, never);

    const left = await groupMembers(pid);
    for (const member of left) process.kill(member.pid, 'SIGKILL');
    expect(swept[0]).to.include({ status: 'left' });
    expect(swept[0]?.detail).to.contain(`ps -o pid,lstart,command -p ${left[0]?.pid}`);
  });

  it('ends a process that nobody recorded, where the system shows its mark', async function () {
    requires(
      this,
      'Linux, whose /proc alone shows every environment',
      process.platform === 'linux' || undefined,
    );
    const { pid } = await spawnFixture('sleeper.mjs', { env: runMarker(RUN_ID) });
    const other = await spawnFixture('sleeper.mjs', { env: runMarker(`${RUN_ID}-other`) });

    const swept = await sweepLocalRuns({ runs: [aDeadRun({})] }, never);

    expect(swept.map(({ status, what }) => ({ status, what }))).to.deep.equal([
      { status: 'removed', what: `process ${pid}, marked as the run's` },
    ]);
    expect(await isAlive(other.pid)).to.equal(true);
  });

  it('tells of what had ended by itself', async () => {
    const { pid, child, exited } = await spawnFixture('sleeper.mjs');
    const recorded = await recordedAs(pid, { group: false, role: 'fault proxy' });
    child.kill('SIGKILL');
    await exited;
    const swept = await sweepLocalRuns({ runs: [aDeadRun({ processes: [recorded] })] }, never);
    expect(swept[0]).to.include({ what: `fault proxy (pid ${pid})`, status: 'already-gone' });
  });

  it('removes temporary folders, but none that Plimsoll cannot have made', async () => {
    const ours = join(folder, 'plimsoll-k6');
    const gone = join(folder, 'plimsoll-gone');
    await mkdir(ours);
    await mkdir(join(folder, 'home'));
    await writeFile(join(ours, 'wrapper.js'), '');
    const temporaryFolders = [ours, gone, join(folder, 'home'), 'plimsoll-relative'];

    const swept = await sweepLocalRuns({ runs: [aDeadRun({ temporaryFolders })] }, never);

    expect(swept.map(({ status }) => status)).to.deep.equal(['removed', 'already-gone', 'left', 'left']);
    expect(existsSync(ours)).to.equal(false);
    expect(existsSync(join(folder, 'home'))).to.equal(true);
  });

  it('touches nothing for a pid that no run can have recorded', async () => {
    const processes = [0, -1, 1, process.pid, 1.5].map((pid) => ({
      pid,
      startToken: '',
      role: 'k6',
      group: true,
    }));
    const swept = await sweepLocalRuns({ runs: [aDeadRun({ processes })] }, never);
    expect(swept.map(({ status }) => status)).to.deep.equal(['left', 'left', 'left', 'left', 'left']);
  });
});
