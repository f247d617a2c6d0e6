import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { findGo } from '../../../src/bench/go-bench/go-toolchain.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { anExperiment, aProject, removeProjects, type Project } from '../../support/a-project.js';
import { requires } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

const PACKAGE = join(packageRoot, 'experiments', 'load', 'gobench');
/** A project has a cache of its own, in which Go would compile its standard library anew; and a PATH without much on it. */
const GO_ENV = {
  GOCACHE: process.env.GOCACHE ?? join(homedir(), '.cache', 'go-build'),
  PATH: process.env.PATH ?? '',
};
const P95 = 'bench("BenchmarkOrderSubmit", "p95-ms")';

function anExperimentOn(overrides: object = {}): object {
  return anExperiment({
    phases: { steady: '4s', fault: '6s', recovery: '4s' },
    load: {
      goBench: { package: PACKAGE, benchtime: '10x', env: { BASE_URL: '{{services.orders.url}}' } },
    },
    sla: { steady: [`${P95} <= 60s`], fault: [`${P95} <= 60s`], recovery: [`${P95} <= 60s`] },
    guards: {},
    ...overrides,
  });
}

describe('plimsoll run under Go benchmarks', function () {
  this.timeout(300_000);
  let project: Project;

  before(async function () {
    const go = await findGo(
      { searchPath: process.env.PATH ?? '', cwd: packageRoot },
      new AbortController().signal,
    );
    requires(this, 'go', go.status === 'found' ? go : undefined);
  });
  beforeEach(async () => {
    project = await aProject();
  });
  afterEach(removeProjects);

  it('judges what they report in each window, and again from what is stored', async () => {
    await project.write('bench.yaml', anExperimentOn());
    const { code, stdout, stderr } = await project.run(['run', 'bench.yaml'], GO_ENV);
    expect(code, stdout + stderr).to.equal(0);
    expect(stderr).to.match(
      /fault: BenchmarkOrderSubmit {3}\d+ readings? {3}median [\d.,]+ (p95-ms|errors-%)/,
    );
    const [result] = await project.results();
    const { generator, windows, benchmarks, judgements } = result!;
    expect(generator).to.include({ name: 'go-bench', model: 'closed', requests: 0 });
    for (const phase of ['steady', 'fault', 'recovery']) {
      const window = windows.find((one) => one.phase === phase)!;
      const series = benchmarks!.series.find((one) => one.phase === phase && one.unit === 'p95-ms')!;
      expect(series).to.include({ name: 'BenchmarkOrderSubmit', better: 'lower' });
      for (const { startMs, endMs } of series.values) {
        expect(startMs).to.be.within(window.startMs, endMs);
        expect(endMs).to.be.at.most(window.endMs);
      }
    }
    expect(judgements.find(({ phase }) => phase === 'fault')).to.have.property('interval');
    expect(benchmarks!.comparisons.find(({ unit }) => unit === 'p95-ms')?.phases.fault).to.have.property('p');
    expect(await project.leftovers()).to.deep.equal([]);

    await project.write('strict.yaml', anExperimentOn({ sla: { fault: [`${P95} <= 1us`] } }));
    const judged = await project.run(['judge', result!.run.id, '--sla', 'strict.yaml']);
    expect(judged.code, judged.stdout + judged.stderr).to.equal(1);
    expect(judged.stdout).to.include('BREACH');
    const report = join(project.folder, 'reports', result!.experiment.name, result!.run.id, 'report.html');
    expect(await readFile(report, 'utf8')).to.include('<h2 id="benchmarks">Benchmarks</h2>');
  });

  it('is no pass where requests are asked for, of which there are none', async () => {
    await project.write(
      'bench.yaml',
      anExperimentOn({ sla: { steady: ['p95 <= 60s'], fault: ['errors < 99%'] } }),
    );
    const { code, stdout } = await project.run(['run', 'bench.yaml'], GO_ENV);
    expect(code).to.equal(2);
    expect(stdout).to.include('p95 was not measured: no request was made in the steady phase');
    expect((await project.results())[0]!.run.status).to.equal('steady-state-not-met');
  });

  it('ends them when it is interrupted', async () => {
    await project.write(
      'bench.yaml',
      anExperimentOn({ phases: { steady: '10m', fault: '6s', recovery: '4s' } }),
    );
    const run = await project.start(['run', 'bench.yaml'], GO_ENV);
    await waitUntil('the load began', () => run.stderr().includes('the load began'));
    run.signal('SIGINT');
    expect((await run.exit).code).to.equal(130);
    expect(await project.leftovers()).to.deep.equal([]);
  });

  it('says in a plan how they are built, and what cannot be', async () => {
    await project.write(
      'bench.yaml',
      anExperimentOn({
        sla: { steady: [`${P95} <= 60s`], fault: ['p95 <= 60s'] },
        guards: { stopWhen: ['rate < 10/s for 2s'] },
      }),
    );
    const plan = await project.run(['plan', 'bench.yaml'], GO_ENV);
    expect(plan.code).to.equal(69);
    expect(plan.stdout)
      .to.include('go test -c -o go-bench.test .')
      .and.include('the stop condition "rate < 10/s for 2s" would see nothing')
      .and.include('"p95 <= 60s" of the fault phase will be inconclusive: load.goBench records no requests');
    const usage = await project.run(['run', 'bench.yaml', '--generator', 'k6'], GO_ENV);
    expect(usage.code).to.equal(64);
    expect(usage.stderr).to.include('--generator k6 has no say in a load.goBench');
  });
});
