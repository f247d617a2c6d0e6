import { join } from 'node:path';
import { expect } from 'chai';
import { list } from '../../../../src/cli/commands/list.js';
import { packageRoot } from '../../../../src/shared/package-root.js';
import { aContext } from '../../../support/a-context.js';
import { rejectionOf } from '../../../support/rejection-of.js';

const CATALOGUE = join(packageRoot, 'experiments');
const experiment = (name: string) => join(CATALOGUE, `${name}.yaml`);

describe('plimsoll list', () => {
  it('says of each experiment what it does and what it needs', async () => {
    const context = aContext();
    const paths = [
      'order-submit-network-delay',
      'order-submit-k6-script',
      'order-submit-delay-and-kill',
      'chaos-mesh/io-fault',
      'chaos-mesh/stress-cpu',
      'chaos-mesh/schedule-pod-kill',
      'kubernetes/node-drain',
    ].map(experiment);
    expect(await list(paths, {}, context)).to.equal(0);
    const rows = context
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows).to.deep.equal([
      ['EXPERIMENT', 'FAULTS', 'RUNS ON', 'LABELS'],
      ['order-submit-network-delay', 'NetworkChaos delay', 'local, kubernetes', 'suite=nightly tier=1'],
      ['order-submit-k6-script', 'NetworkChaos delay', 'local, kubernetes + k6', 'suite=demo needs=k6'],
      [
        'order-submit-delay-and-kill',
        'NetworkChaos delay, PodChaos pod-kill',
        'local, kubernetes',
        'suite=nightly tier=2',
      ],
      ['io-fault', 'IOChaos fault', 'kubernetes', 'suite=chaos-mesh needs=volume'],
      ['stress-cpu', 'StressChaos cpu', 'local, kubernetes', 'suite=chaos-mesh needs=cluster'],
      ['schedule-pod-kill', 'Schedule PodChaos', 'kubernetes', 'suite=chaos-mesh needs=cluster'],
      ['node-drain', 'NodeDrain', 'kubernetes', 'suite=kubernetes needs=nodes'],
    ]);
  });

  it('lists the experiments beside the config, with the labels that are asked for', async () => {
    const context = aContext({ cwd: packageRoot });
    const code = await list([], { selector: ['needs=cloud-aws'], json: true }, context);
    expect(code).to.equal(0);
    const listed = JSON.parse(context.out()) as Record<string, unknown>[];
    expect(listed.map(({ name }) => name)).to.deep.equal([
      'aws-detach-volume',
      'aws-ec2-restart',
      'aws-ec2-stop',
    ]);
    expect(listed[0]).to.deep.include({
      faults: [{ kind: 'AWSChaos', action: 'detach-volume' }],
      drivers: ['kubernetes'],
      k6: false,
      labels: { suite: 'chaos-mesh', needs: 'cloud-aws' },
    });
  });

  it('says what is wrong with a file, and where', async () => {
    const context = aContext();
    const file = join(packageRoot, 'test', 'fixtures', 'files', 'many-problems.yaml');
    expect(await list([file], {}, context)).to.equal(64);
    expect(context.out()).to.equal('');
    expect(context.err()).to.include('many-problems.yaml:6:1');
  });

  it('is wrong usage where no experiment has the labels', async () => {
    const thrown = await rejectionOf(list([CATALOGUE], { selector: ['needs=magic'] }, aContext()));
    expect(thrown).to.have.property('code', 'USAGE');
  });
});
