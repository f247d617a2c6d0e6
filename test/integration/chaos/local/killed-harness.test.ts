import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findMarkedProcesses } from '../../../../src/chaos/local/find-marked-processes.js';
import { groupMembers } from '../../../../src/chaos/local/process-table.js';
import { sweepLocalRuns } from '../../../../src/chaos/local/sweep-local-runs.js';
import { RUN_MARKER } from '../../../../src/shared/run-marker.js';
import type { RecordedProcess } from '../../../../src/shared/run-recorder.js';
import { spawnProcess } from '../../../../src/shared/spawn-process.js';
import { isFree } from '../../../support/a-local-environment.js';
import { waitUntil } from '../../../support/wait-until.js';

const PROGRAM = fileURLToPath(new URL('../../../support/environment-process.js', import.meta.url));

interface Told {
  readonly runId: string;
  readonly folder: string;
  readonly recorded: readonly RecordedProcess[];
  readonly url: string;
}

describe('a local environment whose harness was killed', () => {
  it('loses its proxy and its stress by itself, and the rest to a sweep', async () => {
    const outcome = await spawnProcess({
      command: [process.execPath, PROGRAM],
      stdout: 'pipe',
      stderr: { fd: 2 },
    });
    if (outcome.status === 'not-started') throw new Error(outcome.reason);
    const { child, exited } = outcome.process;
    const told = await new Promise<Told>((resolve, reject) => {
      createInterface({ input: child.stdout! }).once('line', (line) => {
        resolve(JSON.parse(line) as Told);
      });
      void exited.then(() => {
        reject(new Error('the harness ended by itself'));
      });
    });
    const { runId, folder, recorded, url } = told;
    try {
      child.kill('SIGKILL');
      await exited;

      const [replicas, others] = [recorded.filter(isReplica), recorded.filter((one) => !isReplica(one))];
      expect(others.map(({ role }) => role).join()).to.match(/^fault proxy,stress orders-[12]$/);
      for (const { role, pid } of others) {
        await waitUntil(`${role} is gone`, async () => (await groupMembers(pid)).length === 0);
      }
      for (const { pid } of replicas) expect(await groupMembers(pid)).to.have.length(1);
    } finally {
      const run = { runId, environment: 'local', processes: recorded, temporaryFolders: [folder] };
      const swept = await sweepLocalRuns({ runs: [run] }, new AbortController().signal);
      expect(swept.filter(({ status }) => status === 'left')).to.deep.equal([]);
      expect(swept.filter(({ status }) => status === 'removed')).to.have.length(3); // two replicas and the folder
      await rm(folder, { recursive: true, force: true });
    }
    expect(await findMarkedProcesses(RUN_MARKER, runId)).to.deep.equal([]);
    expect(await isFree(Number(new URL(url).port))).to.equal(true);
  });
});

function isReplica({ role }: RecordedProcess): boolean {
  return role.startsWith('replica');
}
