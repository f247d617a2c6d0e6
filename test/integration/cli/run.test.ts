import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { resultSchema, type Result } from '../../../src/experiments/result-schema.js';
import { anExperiment, aProject, type Project, removeProjects } from '../../support/a-project.js';
import { waitUntil } from '../../support/wait-until.js';

/** Two signals that are nearer than that count as one. */
const LONGER_THAN_AN_ECHO_MS = 800;

const BRIEF = { phases: { steady: '1s', fault: '1s', recovery: '1s' } };

describe('plimsoll run, and what comes after it', () => {
  afterEach(removeProjects);

  it('runs several, with an index page, JUnit, markdown and an array of results', async () => {
    const project = await aProject();
    await project.write(
      'experiments/a.yaml',
      anExperiment({ ...BRIEF, metadata: { name: 'a', labels: { tier: '1' } } }),
    );
    await project.write(
      'experiments/b.yaml',
      anExperiment({ ...BRIEF, metadata: { name: 'b', labels: { tier: '1' } } }),
    );
    await project.write(
      'experiments/c.yaml',
      anExperiment({ ...BRIEF, metadata: { name: 'c', labels: { tier: '2' } } }),
    );
    const args = ['run', 'experiments', '--selector', 'tier=1', '--json', '--markdown', 'out/comment.md'];
    const { code, stdout, stderr } = await project.run(args);
    expect(code, stderr).to.equal(0);
    const results = JSON.parse(stdout) as Result[];
    expect(results.map(({ experiment }) => experiment.name)).to.deep.equal(['a', 'b']);
    for (const result of results) resultSchema.parse(result);
    const baseline = join(project.folder, 'reports', `baseline-${results[0]!.run.id}`);
    expect((await readdir(baseline)).sort()).to.deep.equal(['index.html', 'junit.xml']);
    const index = await readFile(join(baseline, 'index.html'), 'utf8');
    for (const [, href = ''] of index.matchAll(/href="(\.\.\/[^"]+)"/g)) await access(join(baseline, href));
    const comment = await readFile(join(project.folder, 'out', 'comment.md'), 'utf8');
    for (const [, href = ''] of comment.matchAll(/\]\(([^)]+)\)/g))
      await access(join(project.folder, 'out', href));
  });

  it('runs the only experiment of a project without being told which, and asks where there are more', async () => {
    const project = await aProject();
    await project.write('experiments/a.yaml', anExperiment({ ...BRIEF, metadata: { name: 'a' } }));
    const one = await project.run(['run', '--quiet']);
    expect(one.code, one.stderr).to.equal(0);
    expect(one.stdout).to.match(/^PASS a: .+\n$/);
    // Warnings, of a busy machine say, stay.
    expect(one.stderr).not.to.match(/hypothesis|steady|recovery/);
    await project.write('experiments/b.yaml', anExperiment({ ...BRIEF, metadata: { name: 'b' } }));
    const two = await project.run(['run']);
    expect(two.code).to.equal(64);
    expect(two.stderr)
      .to.include('experiments/a.yaml, experiments/b.yaml')
      .and.include('plimsoll run experiments');
  });

  it('ends trials as soon as the outcome is clear, and shows each of them', async () => {
    const project = await aProject();
    await project.write('trials.yaml', anExperiment({ ...BRIEF, trials: 3 }));
    const { code, stdout, stderr } = await project.run(['run', 'trials.yaml']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('1 of at most 3 trials, judged together');
    expect(stderr).to.include('trial 1 of 3, steady first').and.include('after 1 of 3 trials it is clear');
    const [result] = await project.results();
    expect(result!.trials).to.have.length(1);
    expect(result!.trials![0]!.fault.requests).to.be.above(0);
  });

  it('judges a stored run by other objectives, and makes its report again, by its id', async () => {
    const project = await aProject();
    const { code, stderr } = await project.run(['run', 'delay.yaml', '--quiet']);
    expect(code, stderr).to.equal(0);
    const [result] = await project.results();
    const { id } = result!.run;
    await project.write(
      'stricter.yaml',
      anExperiment({ sla: { steady: [], fault: ['p50 <= 1ms'], recovery: [] } }),
    );
    const judged = await project.run(['judge', id, '--sla', 'stricter.yaml', '-o', 'judged.json']);
    expect(judged.code, judged.stderr).to.equal(1);
    expect(judged.stdout).to.match(/^BREACH /);
    const stored = JSON.parse(await readFile(join(project.folder, 'judged.json'), 'utf8')) as Result;
    expect(stored.verdict.outcome).to.equal('breach');
    const again = await project.run(['judge', id, '--sla', 'delay.yaml', '--json']);
    expect(again.code, again.stderr).to.equal(0);
    const { judgements, verdict } = JSON.parse(again.stdout) as Result;
    expect({ judgements, verdict }).to.deep.equal({
      judgements: result!.judgements,
      verdict: result!.verdict,
    });
    const report = await project.run(['report', id]);
    expect(report).to.include({ code: 0, stdout: `reports/delay/${id}/report.html\n` });
  });

  it('plans without touching anything, and tells what would stop the run', async () => {
    const project = await aProject();
    const good = await project.run(['plan', 'delay.yaml']);
    expect(good.code, good.stderr).to.equal(0);
    expect(good.stdout).to.include('2 of 2 replicas of orders').and.include('nothing stands in the way');
    expect((await readdir(project.folder)).sort()).to.deep.equal(['delay.yaml', 'plimsoll.yaml']);
    await project.write('guarded.yaml', anExperiment({ guards: { maxTargets: 1 } }));
    const stopped = await project.run(['plan', 'guarded.yaml', '--json']);
    expect(stopped.code).to.equal(69);
    expect(JSON.parse(stopped.stdout)).to.have.nested.property('findings[0].severity', 'stop');
    const unknown = await project.run(['plan', 'delay.yaml', '-e', 'lokal']);
    expect(unknown.code).to.equal(64);
    expect(unknown.stderr).to.include('did you mean "local"?');
  });

  it('lets the doctor find what a killed run left, and sweep take it away', async () => {
    const project = await aProject();
    const healthy = await project.run(['doctor']);
    expect(healthy.code, healthy.stdout).to.equal(0);
    expect(healthy.stdout)
      .to.match(/✔ environment local +orders at http/)
      .and.match(/✔ leftovers +none/);
    const run = await project.start(['run', 'delay.yaml']);
    await waitUntil('the load goes on', () => run.stderr().includes('steady'));
    run.signal('SIGKILL');
    await run.exit;
    const ill = await project.run(['doctor', '--json']);
    expect(ill.code).to.equal(69);
    expect(ill.stdout).to.include('plimsoll sweep');
    const swept = await project.run(['sweep', '--json']);
    expect(swept.code, swept.stdout).to.equal(0);
    expect(swept.stdout).to.include('replica orders-1');
    expect(await project.run(['sweep'])).to.include({ code: 0, stdout: 'no dead run has left anything\n' });
    expect((await project.run(['doctor'])).code).to.equal(0);
  });

  it('leaves at once at a second signal, and says what may be live and how to look', async () => {
    const project = await aProject();
    const run = await project.start(['run', 'delay.yaml']);
    await waitUntil('the fault is in', () => /^ +0:\d\d {2}fault /m.test(run.stderr()));
    // A proxy that stands still does not take its fault out.
    process.kill(await proxyOf(project), 'SIGSTOP');
    run.signal('SIGINT');
    await waitUntil('the first signal was heard', () => run.stderr().includes('interrupted:'));
    await sleep(LONGER_THAN_AN_ECHO_MS);
    run.signal('SIGINT');
    expect((await run.exit).code).to.equal(75);
    expect(run.stderr()).to.include('a fault may still be live: delay in local');
    const swept = await project.run(['sweep', '--environment', 'local']);
    expect(swept.code, swept.stdout).to.equal(0);
    expect(await project.leftovers()).to.deep.equal([]);
  });
});

async function proxyOf(project: Project): Promise<number> {
  const folder = join(project.folder, '.plimsoll', 'runs');
  const [journal = ''] = await readdir(folder);
  const entries = (await readFile(join(folder, journal), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { role?: string; pid: number });
  return entries.find(({ role }) => role?.includes('proxy'))!.pid;
}
