import { readdir, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { SHELF_FILE } from '../../../src/bench/create-shelf-file.js';
import { measurementsToDocument } from '../../../src/bench/measurement-document.js';
import { ALL_ENDPOINTS } from '../../../src/bench/measurement.js';
import { measureTape } from '../../../src/bench/tape-file/measure-tape.js';
import { readTape, TAPE_FILE } from '../../../src/bench/tape-file/read-tape.js';
import { aProject, type Project, removeProjects } from '../../support/a-project.js';
import { requiresProcfs } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

async function readParquet(path: string) {
  return parquetReadObjects({ file: await asyncBufferFromFile(path) });
}

async function tapeOf(project: Project): Promise<{ readonly runId: string; readonly path: string }> {
  const reports = join(project.folder, 'reports', 'delay');
  const [runId] = await readdir(reports);
  return { runId: runId!, path: join(reports, runId!, TAPE_FILE) };
}

async function openFilesOf(pid: number): Promise<readonly string[]> {
  const fds = await readdir(`/proc/${pid}/fd`);
  return Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
}

describe('plimsoll tape', () => {
  afterEach(removeProjects);

  it('measures of a stored run what its result says, and any window of it', async () => {
    const project = await aProject();
    const { code, stderr } = await project.run(['run', 'delay.yaml', '--quiet']);
    expect(code, stderr).to.equal(0);
    const { runId, path } = await tapeOf(project);
    const [result] = await project.results();
    const { measurements, series } = result!;
    const stored = await readTape(path);
    expect(stored).to.deep.include({ runId, ending: { status: 'whole' } });
    expect(measurementsToDocument(measureTape(stored))).to.deep.equal({ measurements, series });

    const whole = await project.run(['tape', runId]);
    expect(whole, whole.stderr).to.include({ code: 0, stderr: '' });
    const fault = measurements.find(({ phase, endpoint }) => phase === 'fault' && endpoint === '*')!;
    expect(whole.stdout).to.match(new RegExp(`fault +all +${fault.requests} `));
    const [, from, to] = /fault +(\S+s) to (\S+s)/.exec(whole.stdout)!;
    const window = await project.run(['tape', runId, '--from', from!, '--to', to!]);
    expect(window.stdout).to.include(`measured from ${from!} to ${to!}`);
    expect(window.stdout).to.match(new RegExp(`fault +all +${fault.requests - fault.outlived} `));

    const json = await project.run(['tape', path, '--json']);
    const { rows } = JSON.parse(json.stdout) as {
      readonly rows: readonly { readonly endpoint: string; readonly requests: number }[];
    };
    const exported = rows.reduce((total, { requests }) => total + requests, 0);
    expect(exported).to.equal(series.reduce((total, { requests }) => total + requests, 0));
    const csv = await project.run(['tape', runId, '--csv', '--endpoint', 'POST /orders']);
    const [head, ...lines] = csv.stdout.trimEnd().split('\n');
    expect(head).to.match(/^startMs,endMs,phase,membership,endpoint,outcome,requests,/);
    expect(lines.every((line) => line.split(',').length === head!.split(',').length)).to.equal(true);
    // A busy machine drops an iteration here and there, which is of no endpoint.
    expect(lines.length).to.equal(rows.filter(({ endpoint }) => endpoint === 'POST /orders').length);
  });

  it('has a shelf beside it while the run goes on, in a file without a name', async function () {
    requiresProcfs(this);
    const project = await aProject();
    const run = await project.start(['run', 'delay.yaml']);
    await waitUntil('the shelf is there', async () =>
      (await openFilesOf(run.pid)).some((name) => name.endsWith(`/${SHELF_FILE} (deleted)`)),
    );
    run.signal('SIGINT');
    expect((await run.exit).code, run.stderr()).to.equal(130);
    const { path } = await tapeOf(project);
    expect(await readdir(dirname(path)))
      .to.include('result.json')
      .and.not.include(SHELF_FILE);
  });

  it('is written as Parquet, and so is every request where it is asked for', async () => {
    const project = await aProject();
    const { code, stderr } = await project.run(['run', 'delay.yaml', '--quiet', '--keep-samples']);
    expect(code, stderr).to.equal(0);
    const { runId, path } = await tapeOf(project);
    const [result] = await project.results();
    expect(result!.events.map(({ kind }) => kind)).to.include('samples-kept');
    const samples = await readParquet(join(dirname(path), 'samples.parquet'));
    for (const { phase, endpoint, requests } of result!.measurements) {
      const counted = samples.filter(
        (sample) =>
          sample.phase === phase &&
          ['within', 'outlived'].includes(String(sample.membership)) &&
          [sample.endpoint, '*'].includes(endpoint),
      );
      expect(counted.length, `${phase} ${endpoint}`).to.equal(requests);
    }
    const written = await project.run(['tape', runId, '--parquet', 'seconds.parquet']);
    expect(written, written.stderr).to.deep.include({ code: 0, stdout: 'seconds.parquet\n' });
    const seconds = await readParquet(join(project.folder, 'seconds.parquet'));
    const counted = seconds.reduce((sum, { requests }) => sum + Number(requests), 0);
    expect(counted).to.equal(samples.length);
    const refused = await project.run(['tape', runId, '--parquet', 'no/such/folder/a.parquet']);
    expect(refused.code).to.equal(69);
    expect(refused.stderr).to.include('the rows no/such/folder/a.parquet cannot be written');
  });

  it('says what is wrong with a window, an endpoint, and a file', async () => {
    const project = await aProject();
    await project.run(['run', 'delay.yaml', '--quiet']);
    const { runId } = await tapeOf(project);
    const fails = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await project.run(['tape', ...args]);
      expect({ code, stdout }, stderr).to.deep.equal({ code: 64, stdout: '' });
      return stderr;
    };
    expect(await fails(runId, '--from', '1h')).to.include('no whole second');
    expect(await fails(runId, '--from', '10')).to.include('--from 10: a duration needs a unit');
    expect(await fails(runId, '--endpoint', 'POST /order')).to.include('did you mean "POST /orders"?');
    expect(await fails('plimsoll.yaml')).to.include('no tape of Plimsoll');
    expect(await fails(runId, '--csv', '--json')).to.include('--csv');
  });

  it('reads what a killed run had measured', async () => {
    const project = await aProject();
    const run = await project.start(['run', 'delay.yaml']);
    await waitUntil('the fault phase goes on', () => /\bfault\b.*\d/.test(run.stderr()));
    const { runId, path } = await tapeOf(project);
    await waitUntil('a second of it is on the tape', async () => {
      const { seconds, spans } = await readTape(path);
      return seconds.some(({ span }) => spans[span]?.phase === 'fault');
    });
    run.signal('SIGKILL');
    await run.exit;
    const stored = await readTape(path);
    expect(stored.ending.status).to.equal('cut-short');
    expect(measureTape(stored).find('steady', ALL_ENDPOINTS)?.requests).to.be.above(0);
    const shown = await project.run(['tape', runId]);
    expect(shown.code, shown.stderr).to.equal(0);
    expect(shown.stderr).to.include('the tape ends early');
    expect(shown.stdout).to.match(/steady +all/);
    // Its temporary folder lies outside of the project.
    const swept = await project.run(['sweep']);
    expect(swept.code, swept.stderr).to.equal(0);
  });
});
