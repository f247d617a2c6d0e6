import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { selectExperiments } from '../../../src/experiments/select-experiments.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { rejectionOf } from '../../support/rejection-of.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('the selection of experiments', () => {
  const root = temporaryFolder();

  async function write(path: string, text: string): Promise<string> {
    const file = join(root.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }
  async function anExperiment(path: string, labels: Record<string, string> = {}, name = nameOf(path)) {
    return await write(
      path,
      JSON.stringify({
        apiVersion: 'plimsoll.dev/v1',
        kind: 'Experiment',
        metadata: { name, labels },
        hypothesis: 'It holds.',
        phases: { steady: '15s', fault: '30s', recovery: '15s' },
        load: {
          http: { baseUrl: 'http://127.0.0.1:1', requests: [{ path: '/' }] },
          profile: { rate: '1/s' },
        },
        faults: [
          {
            manifest: {
              apiVersion: 'chaos-mesh.org/v1alpha1',
              kind: 'PodChaos',
              spec: { action: 'pod-kill', mode: 'one', selector: {} },
            },
          },
        ],
        sla: { fault: ['errors < 1%'] },
      }),
    );
  }
  async function aSuite(path: string, fields: Record<string, unknown>): Promise<string> {
    const suite = {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Suite',
      metadata: { name: nameOf(path) },
      ...fields,
    };
    return await write(path, JSON.stringify(suite));
  }
  const nameOf = (path: string) => path.replace(/\.ya?ml$/, '').replaceAll('/', '-');

  /** The paths selected, relative to the root. */
  async function pathsOf(paths: readonly string[], selector: Record<string, string> = {}): Promise<string[]> {
    const selection = await selectExperiments(
      paths.map((path) => join(root.path, path)),
      selector,
    );
    if (!selection.ok) throw new Error(selection.problems.map(({ message }) => message).join('\n'));
    return selection.experiments.map(({ path }) => path.slice(root.path.length + 1));
  }
  /** `file:line message` of each problem. */
  async function problemsOf(
    paths: readonly string[],
    selector: Record<string, string> = {},
  ): Promise<string[]> {
    const selection = await selectExperiments(
      paths.map((path) => join(root.path, path)),
      selector,
    );
    if (selection.ok) throw new Error('it was selected, though it should not');
    return selection.problems.map(({ file, line, message }) =>
      `${file}:${line} ${message}`.replaceAll(`${root.path}/`, ''),
    );
  }

  it('takes files in the order in which they are named, each once', async () => {
    for (const name of ['a', 'b', 'c']) await anExperiment(`${name}.yaml`);
    await symlink(join(root.path, 'a.yaml'), join(root.path, 'link.yaml'));
    expect(
      await pathsOf([
        'c.yaml',
        'a.yaml',
        'c.yaml',
        'link.yaml',
        '../' + root.path.split('/').at(-1)! + '/b.yaml',
      ]),
    ).to.deep.equal(['c.yaml', 'a.yaml', 'b.yaml']);
  });

  it('takes the experiments in a folder and below it, and nothing else there', async () => {
    await anExperiment('x/b.yaml');
    await anExperiment('x/a.yml');
    await anExperiment('x/deep/er/c.yaml');
    await anExperiment('x/node_modules/d.yaml');
    await anExperiment('x/.hidden/e.yaml');
    await aSuite('x/suites/all.yaml', { experiments: ['../*.yaml'] });
    await write('x/load/script.js', 'export default () => {}');
    await write('x/chaos/delay.yaml', 'apiVersion: chaos-mesh.org/v1alpha1\nkind: NetworkChaos\n');
    await write('x/chart/many.yaml', 'kind: Service\n---\nkind: Deployment\n');
    await write('x/plimsoll.yaml', 'apiVersion: plimsoll.dev/v1\nkind: Config\nenvironments: {}\n');
    expect(await pathsOf(['x'])).to.deep.equal(['x/a.yml', 'x/b.yaml', 'x/deep/er/c.yaml']);
    expect(await pathsOf(['x/'])).to.deep.equal(['x/a.yml', 'x/b.yaml', 'x/deep/er/c.yaml']);
  });

  it('takes what matches a pattern', async () => {
    for (const path of ['x/order-1.yaml', 'x/order-2.yaml', 'x/cart.yaml', 'x/y/order-3.yaml'])
      await anExperiment(path);
    expect(await pathsOf(['x/order-*.yaml'])).to.deep.equal(['x/order-1.yaml', 'x/order-2.yaml']);
    expect(await pathsOf(['x/**/order-?.yaml'])).to.deep.equal([
      'x/order-1.yaml',
      'x/order-2.yaml',
      'x/y/order-3.yaml',
    ]);
    expect(await pathsOf(['*/c*.yaml'])).to.deep.equal(['x/cart.yaml']);
  });

  it('takes a suite for its experiments, in its order, by its selector and with its rules', async () => {
    await anExperiment('x/a.yaml', { suite: 'nightly' });
    await anExperiment('x/b.yaml', { suite: 'nightly', tier: '1' });
    await anExperiment('x/c.yaml');
    const rules = { selector: { suite: 'nightly' }, cooldown: '2s', retries: 1, onBreach: 'stop' };
    const suite = await aSuite('x/suites/s.yaml', { experiments: ['../b.yaml', '../*.yaml'], ...rules });
    const conduct = { retries: 1, cooldownMs: 2000, onBreach: 'stop' };
    expect(await selectExperiments([suite, join(root.path, 'x/c.yaml')], {})).to.deep.equal({
      ok: true,
      experiments: [
        { path: join(root.path, 'x/b.yaml'), ...conduct },
        { path: join(root.path, 'x/a.yaml'), ...conduct },
        { path: join(root.path, 'x/c.yaml'), retries: 0, cooldownMs: 0, onBreach: 'continue' },
      ],
    });
    expect(await pathsOf(['x/suites/s.yaml'], { tier: '1' })).to.deep.equal(['x/b.yaml']);
    // What the suite wants cannot be talked away by the command line.
    await rejectionOf(selectExperiments([suite], { suite: 'other' }));
  });

  it('selects by all labels, and lets experiments be invalid that it does not select', async () => {
    await anExperiment('x/a.yaml', { suite: 'nightly', tier: '1' });
    await anExperiment('x/b.yaml', { suite: 'nightly', tier: '2' });
    await write(
      'x/draft.yaml',
      'apiVersion: plimsoll.dev/v1\nkind: Experiment\nmetadata: {name: draft, labels: {suite: draft}}\n',
    );
    expect(await pathsOf(['x'], { suite: 'nightly' })).to.deep.equal(['x/a.yaml', 'x/b.yaml']);
    expect(await pathsOf(['x'], { suite: 'nightly', tier: '2' })).to.deep.equal(['x/b.yaml']);
    expect(await problemsOf(['x'], { suite: 'draft' })).to.not.be.empty;
    expect(await problemsOf(['x'])).to.not.be.empty;
  });

  it('never passes over an experiment whose labels cannot be told', async () => {
    await anExperiment('x/a.yaml', { suite: 'nightly' });
    await write('x/broken.yaml', 'apiVersion: plimsoll.dev/v1\nkind: Experiment\nmetadata: {name: "broken\n');
    await write(
      'x/typo.yaml',
      'apiVersion: plimsoll.dev/v1\nkind: Experimnt\nmetadata: {labels: {suite: nightly}}\n',
    );
    const problems = await problemsOf(['x'], { suite: 'nightly' });
    expect(problems.some((problem) => problem.startsWith('x/broken.yaml:'))).to.equal(true);
    expect(problems).to.include('x/typo.yaml:2 unknown kind "Experimnt": it must be "Experiment"');
  });

  it('tells all problems of all files at once', async () => {
    await anExperiment('a.yaml', {}, 'same');
    await anExperiment('b.yaml', {}, 'same');
    await write('c.yaml', 'apiVersion: plimsoll.dev/v1\nkind: Config\nenvironments: {}\n');
    await write('d.yaml', 'apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\n');
    await mkdir(join(root.path, 'empty'));
    await write('others/values.yaml', 'a: 1\n');
    await aSuite('s.yaml', { experiments: ['a.yaml', 'aa.yaml', 'x-*.yaml', 's.yaml'] });
    const paths = ['s.yaml', 'b.yaml', 'c.yaml', 'd.yaml', 'b.yml', 'empty', 'others', 'z*.yaml'];
    const problems = await problemsOf(paths);
    expect(problems).to.have.members([
      's.yaml:1 "aa.yaml": no such file; did you mean "a.yaml"?',
      's.yaml:1 "x-*.yaml": no YAML file matches this pattern',
      's.yaml:1 this file is a Suite; what is needed here is "Experiment"',
      'b.yaml:1 the experiment in a.yaml has the name "same" too',
      'c.yaml:2 this file is a Config; what is needed here is one of "Experiment", "Suite"',
      'd.yaml:2 this is a PodChaos of Chaos Mesh; an experiment takes it in with "manifestFile"',
      'b.yml:0 no such file; did you mean "b.yaml"?',
      'empty:0 no YAML file in this folder',
      'others:0 1 YAML file, but no experiment in this folder',
      'z*.yaml:0 no YAML file matches this pattern',
    ]);
  });

  it('says which labels there are where none are the right ones', async () => {
    await anExperiment('x/a.yaml', { suite: 'nightly', tier: '1' });
    await anExperiment('x/b.yaml', { suite: 'nightly' });
    const error = await rejectionOf(selectExperiments([join(root.path, 'x')], { suite: 'nightli' }));
    expect(error.code).to.equal('USAGE');
    expect(error.message.replaceAll(root.path, '')).to.equal(
      'none of 2 experiments has suite=nightli (in /x); did you mean "suite=nightly"?',
    );
    expect(error.remedy).to.equal('the labels that there are: suite=nightly (2), tier=1 (1)');
    await anExperiment('y/a.yaml');
    const unlabelled = await rejectionOf(selectExperiments([join(root.path, 'y')], { a: 'b', c: 'd' }));
    expect(unlabelled.message.replaceAll(root.path, '')).to.equal('the one experiment lacks a=b,c=d (in /y)');
    expect(unlabelled.remedy).to.include('metadata.labels');
    expect((await rejectionOf(selectExperiments([], {}))).message).to.equal('no experiment was named');
  });

  it('takes all of the catalogue, and of its suite what is meant for the night', async () => {
    const catalogue = join(packageRoot, 'experiments');
    const all = await selectExperiments([catalogue], {});
    if (!all.ok) throw new Error(all.problems.map(({ message }) => message).join('\n'));
    const nightly = await selectExperiments([join(catalogue, 'suites', 'nightly.yaml')], {});
    const files = nightly.ok ? nightly.experiments.map(({ path }) => path) : [];
    expect(files).to.have.length.greaterThan(8);
    expect(files.length).to.be.lessThan(all.experiments.length);
    expect(all.experiments.map(({ path }) => path)).to.include.members(files);
  });
});
