import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { tryPort } from '../../src/chaos/local/services/free-port.js';
import { serviceFixtures } from '../support/spawn-fixture.js';
import {
  aProject,
  anExperiment,
  removeProjects,
  type Invocation,
  type Project,
} from '../support/a-project.js';
import { k6Binaries } from '../support/k6-binaries.js';
import { requires } from '../support/requirement.js';
import { waitUntil } from '../support/wait-until.js';

/** Whatever happened in a run: no process, no listening port, no temporary folder, no journal. */
async function expectNothingLeft(project: Project): Promise<void> {
  expect(await project.leftovers(), 'processes').to.deep.equal([]);
  expect(await tryPort(project.port), 'the stable port').to.equal('free');
  expect(await folderOf(project, '.plimsoll/runs'), 'journals').to.deep.equal([]);
  expect(await runFoldersLeft(project), 'temporary folders').to.deep.equal([]);
}

async function folderOf(project: Project, path: string): Promise<readonly string[]> {
  return await readdir(join(project.folder, path)).catch(() => []);
}

/** The temporary folders of this project's runs, which are named after them. */
async function runFoldersLeft(project: Project): Promise<readonly string[]> {
  const runs = await folderOf(project, 'reports/delay');
  const all = await readdir(tmpdir());
  return all.filter((name) => runs.some((run) => name.includes(run)));
}

async function reaches(invocation: Invocation, step: RegExp): Promise<void> {
  await waitUntil(`${step.source} in:\n${invocation.stderr()}`, () => step.test(invocation.stderr()));
}

describe('a run survives', () => {
  afterEach(removeProjects);

  it('everything going well', async () => {
    const project = await aProject();
    const { code, stdout, stderr } = await project.run(['run', 'delay.yaml']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('PASS');
    const [result] = await project.results();
    expect(result!.verdict.outcome).to.equal('pass');
    const [run] = await folderOf(project, 'reports/delay');
    expect(await folderOf(project, `reports/delay/${run!}`)).to.include.members([
      'report.html',
      'result.json',
      'logs',
    ]);
    await expectNothingLeft(project);
  });

  describe('bad input', () => {
    it('invalid YAML', async () => {
      const project = await aProject();
      await project.write('delay.yaml', 'apiVersion: [\n');
      const { code, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code).to.equal(64);
      expect(stderr).to.contain('delay.yaml:').and.to.contain('invalid YAML');
    });

    it('an unknown kind', async () => {
      const project = await aProject();
      await project.write('delay.yaml', anExperiment({ kind: 'Experimant' }));
      const { code, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code).to.equal(64);
      expect(stderr).to.contain('it must be "Experiment"');
    });

    it('a label that no replica has', async () => {
      const project = await aProject({ labels: { app: 'other' } });
      const { code, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code).to.equal(69);
      expect(stderr).to.contain('matches nothing').and.to.contain('app=other');
      await expectNothingLeft(project);
    });
  });

  describe('an environment that is not ready', () => {
    it('a port that is in use', async () => {
      const project = await aProject();
      const server = createServer().listen(project.port, '127.0.0.1');
      try {
        const { code, stderr } = await project.run(['run', 'delay.yaml']);
        expect(code).to.equal(69);
        expect(stderr).to.contain(String(project.port));
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
      await expectNothingLeft(project);
    });

    it('a service that never gets ready', async () => {
      const project = await aProject({ readiness: { http: '/nowhere', period: '50ms', timeout: '1s' } });
      const { code, stdout, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code, stderr).to.equal(69);
      expect(stdout + stderr)
        .to.contain('orders-')
        .and.to.contain('404');
      await expectNothingLeft(project);
    });

    it('a service that dies at its start', async () => {
      const project = await aProject({
        command: ['node', '-e', 'console.error("no database"); process.exit(3)'],
      });
      const { code, stdout, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code, stderr).to.equal(69);
      expect(stdout + stderr)
        .to.contain('code 3')
        .and.to.contain('no database');
      await expectNothingLeft(project);
    });

    it('a load generator that is missing', async () => {
      const project = await aProject();
      const { code, stderr } = await project.run(['run', 'delay.yaml'], { PLIMSOLL_K6: '/nowhere/k6' });
      expect(code).to.equal(69);
      expect(stderr).to.contain('/nowhere/k6').and.to.contain('no such program');
      await expectNothingLeft(project);
    });

    it('a report folder that cannot be written', async () => {
      const project = await aProject();
      await writeFile(join(project.folder, 'reports'), 'a file where a folder should be');
      const { code, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code, stderr).to.equal(69);
      expect(stderr).to.contain(join(project.folder, 'reports'));
      await rm(join(project.folder, 'reports'));
      await expectNothingLeft(project);
    });

    it('another run in it, which goes on undisturbed', async () => {
      const project = await aProject();
      const first = await project.start(['run', 'delay.yaml']);
      await reaches(first, /steady/);
      const second = await project.run(['run', 'delay.yaml']);
      expect(second.code).to.equal(69);
      expect(second.stderr).to.contain(String(first.pid));
      expect((await first.exit).code, first.stderr()).to.equal(0);
      await expectNothingLeft(project);
    });
  });

  describe('a service that falls over', () => {
    it('in the steady phase: inconclusive, whatever it did later', async () => {
      // One replica ends itself a second after its first order.
      const project = await aProject({ command: ['node', join(serviceFixtures, 'dies-after-orders.mjs')] });
      const { code, stderr, stdout } = await project.run(['run', 'delay.yaml']);
      expect(code, stdout + stderr).to.equal(2);
      const [result] = await project.results();
      expect(result!.events.map(({ kind }) => kind)).to.contain('replica-exited');
      expect(JSON.stringify(result!.verdict)).to.contain('exited');
      await expectNothingLeft(project);
    });
  });

  describe('a load generator', () => {
    it('that is killed in mid-run: inconclusive, and the fault is taken out', async function () {
      const [k6] = k6Binaries();
      requires(this, 'k6', k6);
      const project = await aProject();
      const invocation = await project.start(['run', 'delay.yaml'], { PLIMSOLL_K6: k6! });
      await reaches(invocation, /fault \d/);
      const [journal] = await folderOf(project, '.plimsoll/runs');
      const entries = await readFile(join(project.folder, '.plimsoll/runs', journal!), 'utf8');
      process.kill(Number(/"pid":(\d+)[^{}]*"role":"k6"/.exec(entries)![1]), 'SIGKILL');
      expect((await invocation.exit).code, invocation.stderr()).to.equal(2);
      const [result] = await project.results();
      expect(result!.run.status).to.equal('load-failed');
      expect(result!.run.statusReason).to.contain('SIGKILL');
      expect(result!.faults[0]!.injections[0]!.status).to.equal('recovered');
      await expectNothingLeft(project);
    });

    it('that is saturated: dropped iterations leave no latency to be judged', async () => {
      const project = await aProject();
      const experiment = anExperiment() as { load: { profile: object } };
      experiment.load.profile = { rate: '50/s', maxVUs: 1 };
      await project.write('delay.yaml', {
        ...experiment,
        faults: [
          {
            name: 'far',
            manifest: {
              ...(anExperiment() as { faults: { manifest: object }[] }).faults[0]!.manifest,
              spec: {
                action: 'delay',
                mode: 'all',
                selector: { labelSelectors: { app: 'orders' } },
                delay: { latency: '400ms' },
              },
            },
          },
        ],
        sla: { steady: [], fault: ['p50 <= 10s'], recovery: [] },
      });
      const { code, stdout, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code, stdout + stderr).to.equal(2);
      expect(stdout)
        .to.contain('INCONCLUSIVE')
        .and.to.match(/could not (be )?start/);
      await expectNothingLeft(project);
    });
  });

  describe('an interrupt', () => {
    for (const [name, step] of [
      ['the start', /services|start/i],
      ['the steady phase', /steady/],
      ['the injection', /inject/],
      ['the fault phase', /fault \d/],
      ['the recovery', /recovery/],
    ] as const) {
      it(`in ${name}`, async () => {
        const project = await aProject();
        const invocation = await project.start(['run', 'delay.yaml']);
        await reaches(invocation, step);
        invocation.signal('SIGINT');
        expect((await invocation.exit).code, invocation.stderr()).to.equal(130);
        const [result] = await project.results();
        expect(result!.run).to.include({ status: 'interrupted', signal: 'SIGINT', exitCode: 130 });
        await expectNothingLeft(project);
      });
    }

    it('by SIGTERM, with its own exit code', async () => {
      const project = await aProject();
      const invocation = await project.start(['run', 'delay.yaml']);
      await reaches(invocation, /fault \d/);
      invocation.signal('SIGTERM');
      expect((await invocation.exit).code).to.equal(143);
      await expectNothingLeft(project);
    });
  });

  describe('being killed in the fault phase', () => {
    const kill = async (): Promise<Project> => {
      const project = await aProject();
      const invocation = await project.start(['run', 'delay.yaml']);
      await reaches(invocation, /fault \d/);
      invocation.signal('SIGKILL');
      expect((await invocation.exit).signal).to.equal('SIGKILL');
      expect(await folderOf(project, '.plimsoll/runs')).to.have.length(1);
      return project;
    };

    it('with a sweep afterwards', async () => {
      const project = await kill();
      const { code, stdout, stderr } = await project.run(['sweep']);
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.contain('orders-1').and.to.contain('orders-2');
      await expectNothingLeft(project);
    });

    it('with another run afterwards, which sweeps first', async () => {
      const project = await kill();
      const { code, stdout, stderr } = await project.run(['run', 'delay.yaml']);
      expect(code, stdout + stderr).to.equal(0);
      expect(stderr).to.contain('left by run');
      await expectNothingLeft(project);
    });
  });

  it('a result that cannot be written to its place, and says where it is kept', async () => {
    const project = await aProject();
    const invocation = await project.start(['run', 'delay.yaml']);
    await reaches(invocation, /fault \d/);
    const [run] = await folderOf(project, 'reports/delay');
    await rm(join(project.folder, 'reports/delay', run!), { recursive: true });
    await writeFile(join(project.folder, 'reports/delay', run!), 'a file in place of the folder');
    const { code } = await invocation.exit;
    expect(code, invocation.stderr()).to.equal(69);
    const kept = /kept in (\/\S+\.json)/.exec(invocation.stderr())?.[1];
    expect(kept, invocation.stderr()).to.not.equal(undefined);
    await rm(dirname(kept!), { recursive: true });
    await rm(join(project.folder, 'reports'), { recursive: true });
    await expectNothingLeft(project);
  });
});
