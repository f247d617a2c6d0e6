import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Result } from '../../src/experiments/result-schema.js';
import { anExperiment, aProject, removeProjects, type Project } from '../support/a-project.js';
import { k6Binaries } from '../support/k6-binaries.js';
import { requires } from '../support/requirement.js';
import { serviceFixtures } from '../support/spawn-fixture.js';

const KILL = {
  apiVersion: 'chaos-mesh.org/v1alpha1',
  kind: 'PodChaos',
  spec: { action: 'pod-kill', mode: 'all', selector: { labelSelectors: { app: 'orders' } } },
};

describe('a service that stays ill after its fault', () => {
  afterEach(removeProjects);

  const run = async (recovery: readonly string[], k6 = '') => {
    const project = await aProject({ command: ['node', join(serviceFixtures, 'sick-after-kill.mjs')] });
    await project.write(
      'kill.yaml',
      anExperiment({
        metadata: { name: 'kill' },
        phases: { steady: '2s', fault: '1s', recovery: '4s' },
        faults: [{ name: 'kill', manifest: KILL }],
        sla: { steady: ['errors < 20%'], fault: ['errors <= 100%'], recovery },
      }),
    );
    const ran = await project.run(['run', 'kill.yaml'], { PLIMSOLL_K6: k6 });
    const [result] = await project.results();
    expect(result, ran.stderr).to.not.equal(undefined);
    return { ...ran, result: result!, report: await reportOf(project, result!) };
  };

  const expectBreach = ({ code, stdout, stderr, result, report }: Awaited<ReturnType<typeof run>>) => {
    expect(code, stdout + stderr).to.equal(1);
    expect(result.recoveryMs).to.equal(null);
    expect(result.faults[0]!.injections[0]!.status).to.equal('recovered');
    expect(result.faults[0]!.shares).to.deep.equal([{ service: 'orders', hit: 2, ready: 2 }]);
    expect(result.judgements.at(-1)).to.nested.include({ outcome: 'breach', 'reading.status': 'at-least' });
    expect(result.verdict.reason).to.match(
      /^the service had not recovered \S+ m?s after the fault was told to end, over the limit of 1 s: errors were still \S+ % \(steady: errors < 20%\)$/,
    );
    expect(stdout).to.match(/^BREACH +the service had not recovered/);
    expect(report).to.include('not steady again');
  };

  it('breaches a limit for its recovery, and says what it is that stays', async () => {
    expectBreach(await run(['recovery <= 1s']));
  });

  for (const k6 of k6Binaries()) {
    it(`does so under k6 (${k6 ?? 'missing'})`, async function () {
      requires(this, 'k6', k6);
      expectBreach(await run(['recovery <= 1s'], k6));
    });
  }

  it('is shown where nothing limits its recovery, though every objective held', async () => {
    const { code, stdout, stderr, result, report } = await run(['errors <= 100%']);
    expect(code, stdout + stderr).to.equal(0);
    expect(result.verdict.caveats.join(' ')).to.match(
      /the service had not recovered \S+ m?s after the fault was told to end: errors were still \S+ %.+; to have it judged/,
    );
    expect(stdout).to.match(/^PASS .+\n[^]* caveat +the service had not recovered/);
    expect(report).to.include('the service had not recovered');
  });
});

async function reportOf(project: Project, { experiment, run }: Result): Promise<string> {
  const folder = join(project.folder, 'reports', experiment.name, run.id);
  expect(await readdir(folder)).to.include('report.html');
  return await readFile(join(folder, 'report.html'), 'utf8');
}
