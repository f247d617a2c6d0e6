import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../../src/shared/package-root.js';
import { anExperiment, aProject, removeProjects } from '../../support/a-project.js';

const SUBMIT_ORDERS = join(packageRoot, 'experiments', 'load', 'submit-orders.mjs');
const FORMAT = {
  ndjson: {
    start: { field: 'start', unit: 'ms', epoch: 'unix' },
    duration: { field: 'duration', unit: 'ms' },
    ok: 'ok',
  },
};

function anExperimentUnder(command: readonly string[]): object {
  return anExperiment({
    phases: { steady: '2s', fault: '2s', recovery: '2s' },
    load: { command: { command, timeout: '1s', format: FORMAT } },
  });
}

describe('plimsoll run under a load command', () => {
  afterEach(removeProjects);

  it('measures by its rows, and leaves nothing of it behind', async () => {
    const project = await aProject();
    await project.write(
      'delay.yaml',
      anExperimentUnder(['node', SUBMIT_ORDERS, '{{services.orders.url}}', '50']),
    );
    const { code, stderr } = await project.run(['run', 'delay.yaml']);
    expect(code, stderr).to.equal(0);
    const [result] = await project.results();
    expect(result!.generator).to.include({ name: 'command', version: '', model: 'script' });
    expect(result!.generator.caveats).to.deep.equal([]);
    expect(result!.generator.requests).to.be.greaterThan(100);
    const fault = result!.measurements.find(({ phase }) => phase === 'fault');
    expect(fault!.requests).to.be.greaterThan(50);
    expect(stderr).to.include('load command');
    expect(await project.leftovers()).to.deep.equal([]);
  });

  it('is inconclusive where the command ends on its own, with what it said', async () => {
    const project = await aProject();
    await project.write('delay.yaml', anExperimentUnder(['node', SUBMIT_ORDERS]));
    const { stdout, stderr } = await project.run(['run', 'delay.yaml']);
    const [result] = await project.results();
    expect(result!.run.status).to.equal('load-failed');
    expect(stdout + stderr)
      .to.include('the command exited with code 2')
      .and.include('usage: node submit-orders.mjs');
    expect(await project.leftovers()).to.deep.equal([]);
  });

  it('says in a plan what is missing, and refuses a generator beside a command', async () => {
    const project = await aProject();
    await project.write('delay.yaml', anExperimentUnder(['no-such-load-program']));
    const plan = await project.run(['plan', 'delay.yaml']);
    expect(plan.stdout + plan.stderr)
      .to.include('there is no program no-such-load-program on the PATH')
      .and.include("The numbers are the command's own");
    const usage = await project.run(['run', 'delay.yaml', '--generator', 'embedded']);
    expect(usage.code).to.equal(64);
    expect(usage.stderr).to.include('--generator embedded has no say in a load.command');
  });
});
