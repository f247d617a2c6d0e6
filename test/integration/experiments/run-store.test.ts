import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { listRuns } from '../../../src/experiments/list-runs.js';
import { openRunFolder } from '../../../src/experiments/open-run-folder.js';
import { readResult } from '../../../src/experiments/read-result.js';
import { storeResult } from '../../../src/experiments/store-result.js';
import { aResult } from '../../support/a-result.js';
import { rejectionOf } from '../../support/rejection-of.js';
import { endPrograms, runProgram } from '../../support/run-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const RUN_ID = '20261123-081502-k3f9';

describe('the store of runs', () => {
  const root = temporaryFolder();
  afterEach(endPrograms);
  const reports = () => join(root.path, 'reports');

  async function store(experiment: string, runId: string): Promise<string> {
    const folder = await openRunFolder(reports(), experiment, runId);
    await storeResult(folder, aResult(), root.path);
    return folder;
  }

  it('makes a folder for a run with one for its logs, once', async () => {
    const folder = await openRunFolder(reports(), 'delay', RUN_ID);
    expect(folder).to.equal(join(reports(), 'delay', RUN_ID));
    expect(await readdir(folder)).to.deep.equal(['logs']);
    const error = await rejectionOf(openRunFolder(reports(), 'delay', RUN_ID));
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.include('another run has the id');
  });

  it('says early what to do where there can be no reports', async () => {
    await writeFile(join(root.path, 'file'), '');
    const error = await rejectionOf(openRunFolder(join(root.path, 'file'), 'delay', RUN_ID));
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.equal(
      `the folder of reports ${join(root.path, 'file')} cannot be written: something else stands in its place`,
    );
    expect(error.remedy).to.not.be.empty;
  });

  it('gives a result back as it was stored, by its folder, its file, or its run', async () => {
    const folder = await store('delay', RUN_ID);
    const file = join(folder, 'result.json');
    const stored = { result: aResult(), file, folder };
    expect(await readResult(folder, 'nowhere')).to.deep.equal(stored);
    expect(await readResult(file, 'nowhere')).to.deep.equal(stored);
    expect(await readResult(RUN_ID, reports())).to.deep.equal(stored);
    expect(await readdir(folder)).to.have.members(['logs', 'result.json']);
  });

  it('puts a new result in the place of an old one', async () => {
    const folder = await store('delay', RUN_ID);
    const verdict = { outcome: 'breach' as const, reason: 'judged again', caveats: [] };
    await storeResult(folder, aResult({ verdict }), root.path);
    expect((await readResult(folder, reports())).result.verdict).to.deep.equal(verdict);
  });

  it('keeps a result elsewhere where its folder is gone, and says where', async () => {
    const folder = await store('delay', RUN_ID);
    await rm(folder, { recursive: true });
    const error = await rejectionOf(storeResult(folder, aResult(), root.path));
    const kept = /it was kept in (\S+)$/.exec(error.message)?.[1] ?? '';
    expect(JSON.parse(await readFile(kept, 'utf8'))).to.deep.equal(aResult());
    expect(error.remedy).to.include(`mv '${kept}' '${join(folder, 'result.json')}'`);

    const lost = await rejectionOf(storeResult(folder, aResult(), join(root.path, 'nowhere')));
    expect(lost.message).to.include('nor could it be kept');
  });

  it('leaves the old result as it was where there is no room for a new one', async () => {
    const folder = await store('delay', RUN_ID);
    const spare = join(root.path, 'spare');
    await mkdir(spare);
    const writer = await runProgram('store-result', [folder, spare], { maxFileKiB: 8 });
    await writer.exited;
    expect(writer.output()).to.match(/^NOT_READY the result .* cannot be written: it would be larger/);
    expect((await readResult(folder, reports())).result).to.deep.equal(aResult());
    expect(await readdir(folder)).to.have.members(['logs', 'result.json']);
    expect(await readdir(spare)).to.be.empty;
  });

  it('lists runs by experiment, the newest first', async () => {
    await store('kill', '20261122-000000-aaaa');
    await store('delay', '20261122-000000-bbbb');
    await store('delay', '20261123-000000-cccc');
    await openRunFolder(reports(), 'delay', '20261124-000000-dddd');
    await mkdir(join(reports(), 'baseline-20261123-000000-eeee'));
    await writeFile(join(reports(), 'README.md'), '');
    await mkdir(join(reports(), 'delay', 'notes'));
    const runs = (await listRuns(reports())).map(({ experiment, runId, status }) => [
      experiment,
      runId,
      status,
    ]);
    expect(runs).to.deep.equal([
      ['delay', '20261124-000000-dddd', 'without-result'],
      ['delay', '20261123-000000-cccc', 'stored'],
      ['delay', '20261122-000000-bbbb', 'stored'],
      ['kill', '20261122-000000-aaaa', 'stored'],
    ]);
    expect(await listRuns(join(root.path, 'nowhere'))).to.be.empty;
  });

  describe('says what is wrong with', () => {
    async function messageFor(run: string): Promise<string> {
      const error = await rejectionOf(readResult(run, reports()));
      expect(error.code).to.equal('USAGE');
      return error.message.replaceAll(root.path, '');
    }
    async function messageOfText(text: string): Promise<string> {
      await writeFile(join(root.path, 'x.json'), text);
      return (await messageFor(join(root.path, 'x.json'))).replace(/not JSON: .*/s, 'not JSON');
    }

    it('a run that is not there', async () => {
      expect(await messageFor(RUN_ID)).to.equal(`there is no run "${RUN_ID}": /reports holds none`);
      for (const day of [20, 21, 22, 23]) await store('delay', `202611${day}-081502-k3f9`);
      expect(await messageFor('20261123-081502-k3f8')).to.equal(
        'there is no run "20261123-081502-k3f8" in /reports; did you mean "20261123-081502-k3f9"?',
      );
      expect(await messageFor('latest')).to.equal(
        'there is no run "latest" in /reports; the latest are 20261123-081502-k3f9, 20261122-081502-k3f9, 20261121-081502-k3f9',
      );
      expect(await messageFor('no/such/run')).to.equal(
        'there is no run in no/such/run: no such file or folder',
      );
    });

    it('a run that has no result', async () => {
      const folder = await openRunFolder(reports(), 'delay', RUN_ID);
      const message = `run ${RUN_ID} has no result: there is no /reports/delay/${RUN_ID}/result.json`;
      expect(await messageFor(RUN_ID)).to.equal(message);
      expect(await messageFor(folder)).to.equal(message);
      expect(await messageFor(reports())).to.equal('the folder /reports holds no result.json');
    });

    it('a file that is no result', async () => {
      expect(await messageOfText('{"schemaVersion"')).to.equal('/x.json is not JSON');
      const none = '/x.json is no result of a run: it has no schemaVersion "plimsoll.dev/result/v1"';
      expect(await messageOfText('[]')).to.equal(none);
      expect(await messageOfText('{"schemaVersion":"other"}')).to.equal(none);
      expect(await messageOfText('{"schemaVersion":"plimsoll.dev/result/v7"}')).to.equal(
        '/x.json is of schemaVersion "plimsoll.dev/result/v7"; this Plimsoll reads "plimsoll.dev/result/v1"',
      );
    });

    it('a result that was changed', async () => {
      const without = Object.fromEntries(Object.entries(aResult()).filter(([field]) => field !== 'clock'));
      const changed = {
        ...without,
        recoveryMs: 'soon',
        windows: [{ phase: 'steddy', startMs: 1, endMs: 2 }],
      };
      expect(await messageOfText(JSON.stringify(changed))).to.equal(
        '/x.json is no valid result: missing field "clock" in the result; ' +
          'windows[0].phase must be one of "warmup", "steady", "fault", "recovery", not "steddy"; did you mean "steady"?; ' +
          'recoveryMs must be a number, not text',
      );
    });
  });
});
