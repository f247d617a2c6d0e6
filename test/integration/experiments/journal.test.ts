import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createJournal } from '../../../src/experiments/create-journal.js';
import { findDeadRuns } from '../../../src/experiments/find-dead-runs.js';
import type { RunIntent } from '../../../src/experiments/journal.js';
import { journalPath, parseJournal, removeJournal } from '../../../src/experiments/journal-file.js';
import { processStartToken } from '../../../src/shared/process-identity.js';
import { rejectionOf } from '../../support/rejection-of.js';
import { endPrograms, runProgram } from '../../support/run-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { waitUntil } from '../../support/wait-until.js';

const RUN_ID = '20261123-081502-k3f9';

describe('a journal', () => {
  const state = temporaryFolder();
  afterEach(endPrograms);

  function anIntent(overrides: Partial<RunIntent> = {}): RunIntent {
    return {
      runId: RUN_ID,
      experiment: 'delay',
      environment: 'local',
      // A process that had this pid once.
      owner: { pid: process.pid, startToken: 'another' },
      startedAt: '2026-11-23T08:15:02.000Z',
      temporaryFolders: ['/tmp/plimsoll-x'],
      ...overrides,
    };
  }
  const text = () => readFile(journalPath(state.path, RUN_ID), 'utf8');

  it('tells, of a dead run, what it had started, and which faults may be live', async () => {
    const journal = createJournal(state.path, RUN_ID);
    const replica = { pid: 4711, startToken: 't', role: 'replica orders-1', group: true };
    await journal.begin(anIntent());
    await journal.processStarted(replica);
    await journal.faultRequested('delay');
    await journal.faultRequested('kill');
    await journal.faultRecovered('delay');
    expect(await findDeadRuns(state.path)).to.deep.equal({
      dead: [
        { runId: RUN_ID, environment: 'local', processes: [replica], temporaryFolders: ['/tmp/plimsoll-x'] },
      ],
      living: [],
      unreadable: [],
    });
    expect(parseJournal(await text())?.liveFaults).to.deep.equal(['kill']);

    await journal.close();
    await journal.close();
    expect(await readdir(join(state.path, 'runs'))).to.be.empty;
    expect((await findDeadRuns(state.path)).dead).to.be.empty;
  });

  it('of a living run is never that of a dead one', async () => {
    const startToken = (await processStartToken(process.pid)) ?? '';
    const intent = anIntent({ owner: { pid: process.pid, startToken } });
    const journal = createJournal(state.path, RUN_ID);
    await journal.begin(intent);
    expect(await findDeadRuns(state.path)).to.deep.equal({ dead: [], living: [intent], unreadable: [] });
    await journal.close();
  });

  it('keeps entries whole that are made at the same time, in the order of the calls', async () => {
    const journal = createJournal(state.path, RUN_ID);
    const begun = journal.begin(anIntent());
    const entries = Array.from({ length: 50 }, (_, pid) =>
      journal.processStarted({ pid, startToken: 't', role: 'r'.repeat(pid * 100), group: false }),
    );
    await Promise.all([begun, ...entries]);
    const pids = parseJournal(await text())?.processes.map(({ pid }) => pid);
    expect(pids).to.deep.equal(entries.map((_, pid) => pid));
    await journal.close();
  });

  it('does not begin where another run has the id', async () => {
    const journal = createJournal(state.path, RUN_ID);
    await journal.begin(anIntent());
    const before = await text();
    const error = await rejectionOf(createJournal(state.path, RUN_ID).begin(anIntent()));
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.include('another run has the id 20261123-081502-k3f9');
    expect(await text()).to.equal(before);
    await journal.close();
  });

  it('says what to do where its folder cannot be made or written', async () => {
    await writeFile(join(state.path, 'file'), '');
    const inFile = await rejectionOf(createJournal(join(state.path, 'file'), RUN_ID).begin(anIntent()));
    expect(inFile.code).to.equal('NOT_READY');
    expect(inFile.message).to.include(join(state.path, 'file', 'runs', `${RUN_ID}.jsonl`));
    expect(inFile.message).to.include('something else stands in its place');
    expect(inFile.remedy).to.not.be.empty;
  });

  it('says so where the folder is not its own to write', async function () {
    if (process.getuid?.() === 0) return; // root may write everywhere
    await mkdir(join(state.path, 'runs'));
    await chmod(join(state.path, 'runs'), 0o500);
    const error = await rejectionOf(createJournal(state.path, RUN_ID).begin(anIntent()));
    expect(error.message).to.include('permission denied');
    expect(error.remedy).to.include('ls -ld');
  });

  it('has every entry that was promised when its writer is killed, and the run is dead', async () => {
    const writer = await runProgram('write-journal', [state.path, RUN_ID]);
    await waitUntil('some entries are on disk', () => writer.output().split('\n').length > 20);
    const living = await findDeadRuns(state.path);
    expect(living.dead).to.be.empty;
    expect(living.living.map(({ owner }) => owner.pid)).to.deep.equal([writer.pid]);

    writer.kill();
    await writer.exited;
    const { dead } = await findDeadRuns(state.path);
    expect(dead.map(({ runId }) => runId)).to.deep.equal([RUN_ID]);
    const promised = writer.output().trim().split('\n').map(Number);
    const written = dead[0]!.processes.map(({ pid }) => pid);
    expect(written).to.include.members(promised);
    await removeJournal(state.path, RUN_ID);
    await removeJournal(state.path, RUN_ID);
    expect(await findDeadRuns(state.path)).to.deep.equal({ dead: [], living: [], unreadable: [] });
  });

  it('says so where there is no more room, and is readable up to there', async () => {
    const writer = await runProgram('write-journal', [state.path, RUN_ID], { maxFileKiB: 4 });
    await writer.exited;
    const lines = writer.output().trim().split('\n');
    expect(lines.pop()).to.match(/^stopped: the journal .*\.jsonl cannot be written: it would be larger/);
    const { dead } = await findDeadRuns(state.path);
    expect(dead[0]?.processes.map(({ pid }) => pid)).to.include.members(lines.map(Number));
  });

  it('is readable wherever it was cut off, as far as its intent is there', async () => {
    const journal = createJournal(state.path, RUN_ID);
    await journal.begin(anIntent());
    for (const pid of [1, 2, 3]) {
      await journal.processStarted({ pid, startToken: 't', role: 'réplica', group: false });
    }
    const whole = await readFile(journalPath(state.path, RUN_ID));
    const intentEnd = whole.indexOf('\n');
    for (let length = 0; length <= whole.length; length++) {
      const cut = whole.subarray(0, length).toString();
      const processes = parseJournal(cut)?.processes.map(({ pid }) => pid);
      const complete = whole.subarray(0, length).toString().split('\n').length - 1;
      if (length < intentEnd) expect(processes).to.equal(undefined);
      else
        expect(processes?.slice(0, complete - 1)).to.deep.equal(
          [1, 2, 3].slice(0, Math.max(0, complete - 1)),
        );
    }
    expect(
      parseJournal(`${whole.subarray(0, -5).toString()}\n${whole.subarray(intentEnd + 1).toString()}`)
        ?.processes,
    ).to.have.length(5);
    await journal.close();
  });

  it('clears away what another one left that was killed at its begin', async () => {
    const runs = join(state.path, 'runs');
    const gone = await runProgram('write-journal', [join(state.path, 'elsewhere'), RUN_ID], {
      maxFileKiB: 1,
    });
    await gone.exited;
    await mkdir(join(runs, `.draft-${gone.pid}-aaaaaa`), { recursive: true });
    await mkdir(join(runs, `.draft-${process.pid}-bbbbbb`));
    const journal = createJournal(state.path, RUN_ID);
    await journal.begin(anIntent());
    expect(await readdir(runs)).to.have.members([`.draft-${process.pid}-bbbbbb`, `${RUN_ID}.jsonl`]);
    await journal.close();
  });

  it('of which nobody can tell whose it is, is named and left alone', async () => {
    await mkdir(join(state.path, 'runs'));
    const path = join(state.path, 'runs', `${RUN_ID}.jsonl`);
    await writeFile(path, '{"kind":"run","runId":');
    await writeFile(join(state.path, 'runs', 'notes.txt'), 'not a journal');
    expect(await findDeadRuns(state.path)).to.deep.equal({ dead: [], living: [], unreadable: [path] });
    expect(await readdir(join(state.path, 'runs'))).to.have.length(2);
  });

  it('is missed by nobody where there never was one', async () => {
    expect(await findDeadRuns(join(state.path, 'nowhere'))).to.deep.equal({
      dead: [],
      living: [],
      unreadable: [],
    });
  });
});
