import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FileProblem, Loaded } from '../../../src/experiments/file-problem.js';
import { loadAny, loadConfig, loadExperiment, loadSuite } from '../../../src/experiments/load-file.js';

const EXPERIMENT = `apiVersion: plimsoll.dev/v1
kind: Experiment
metadata: {name: delay}
hypothesis: It holds.
phases: {steady: 15s, fault: 30s, recovery: 15s}
load:
  http:
    baseUrl: "{{services.orders.url}}"
    requests: [{method: POST, path: /orders, expect: {status: 201}}]
  profile: {rate: 100/s}
faults:
  - manifest:
      apiVersion: chaos-mesh.org/v1alpha1
      kind: NetworkChaos
      spec:
        action: delay
        mode: all
        selector: {labelSelectors: {app: orders}}
        delay: {latency: 200ms}
sla: {fault: [p95 <= 350ms]}
`;

describe('loading files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-files-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function file(text: string, name = 'file.yaml'): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }
  function problemsOf(loaded: Loaded<unknown>): readonly FileProblem[] {
    if (loaded.ok) throw new Error('loaded, though it should not');
    return loaded.problems;
  }
  async function problemsIn(text: string): Promise<readonly FileProblem[]> {
    return problemsOf(await loadAny(await file(text)));
  }
  /** line:column+length and message of each problem. */
  async function briefly(text: string): Promise<string[]> {
    return (await problemsIn(text)).map(
      ({ line, column, length, message }) => `${line}:${column}+${length} ${message}`,
    );
  }

  it('gives the document with its defaults, its text and its path', async () => {
    const path = await file(EXPERIMENT);
    const loaded = await loadExperiment(path);
    if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join('\n'));
    expect(loaded.source).to.equal(EXPERIMENT);
    expect(loaded.path).to.equal(path);
    const { document } = loaded;
    expect(document.phases).to.deep.equal({ warmup: 0, steady: 15_000, fault: 30_000, recovery: 15_000 });
    expect(document.load.profile).to.deep.equal({ rate: 100, maxVUs: 100 });
    expect(document.load.http?.timeout).to.equal(10_000);
    expect(document.guards).to.deep.equal({ minCoverage: 1, stopWhen: [] });
    expect(document.deadlines).to.deep.equal({ start: 60_000, inject: 30_000, recover: 60_000 });
    expect(document.faults[0]).to.deep.include({ at: 0 });
    expect(document.faults[0]?.manifest.kind).to.equal('NetworkChaos');
    expect(document.sla).to.deep.equal({
      steady: [],
      fault: ['p95 <= 350ms'],
      recovery: [],
      failures: 'as-measured',
    });
  });

  it('takes the manifest from a file of its own, and reports its problems under its name', async () => {
    const manifest = EXPERIMENT.slice(EXPERIMENT.indexOf('- manifest:'), EXPERIMENT.indexOf('sla:'));
    const withFile = EXPERIMENT.replace(manifest, '- manifestFile: delay.chaos.yaml\n');
    const text = (latency: string) =>
      `apiVersion: chaos-mesh.org/v1alpha1\nkind: NetworkChaos\nmetadata: {name: own}\nspec: {action: delay, mode: all, selector: {}, delay: {${latency}}}\n`;
    await file(text('latency: 1s'), 'delay.chaos.yaml');
    const loaded = await loadExperiment(await file(withFile));
    expect(loaded.ok && loaded.document.faults[0]?.manifest.metadata).to.deep.equal({ name: 'own' });

    await file(text('latancy: 1s'), 'delay.chaos.yaml');
    const [problem, ...others] = await problemsIn(withFile);
    expect(others).to.be.empty;
    expect(problem?.file).to.equal(join(folder, 'delay.chaos.yaml'));
    expect(problem).to.deep.include({ line: 4, column: 56, length: 7 });
    expect(problem?.message).to.equal(
      'unknown field "latancy" in NetworkChaos spec.delay; did you mean "latency"?',
    );

    await file(`${text('latency: 1s')}---\n${text('latency: 2s')}`, 'delay.chaos.yaml');
    const [several] = await problemsIn(withFile);
    expect(several?.message).to.match(/more than one YAML document/);
    expect(several?.line).to.equal(5);
  });

  it('says which kind of file is needed', async () => {
    const config = await file('apiVersion: plimsoll.dev/v1\nkind: Config\nenvironments: {}\n');
    expect((await loadConfig(config)).ok).to.equal(true);
    expect(problemsOf(await loadExperiment(config))[0]?.message).to.equal(
      'this file is a Config; what is needed here is "Experiment"',
    );
    expect(problemsOf(await loadSuite(config))[0]).to.deep.include({ line: 2, column: 7, length: 6 });
    expect((await problemsIn('kind: Experimnt\n'))[0]?.message).to.match(/did you mean "Experiment"\?/);
    expect((await problemsIn('apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\n'))[0]?.message).to.match(
      /a PodChaos of Chaos Mesh; an experiment takes it in with "manifestFile"/,
    );
    expect((await problemsIn('metadata: {}\n'))[0]).to.deep.include({ line: 1, column: 1, length: 8 });
  });

  it('says what keeps a file from being read', async () => {
    const missing = problemsOf(await loadAny(join(folder, 'nowhere.yaml')));
    expect(missing).to.deep.equal([
      {
        file: join(folder, 'nowhere.yaml'),
        line: 0,
        column: 0,
        length: 0,
        message: 'no such file',
        sourceLine: '',
      },
    ]);
    expect(problemsOf(await loadAny(folder))[0]?.message).to.match(/is a folder/);
    expect((await problemsIn(''))[0]?.message).to.equal('the file is empty');
    expect((await problemsIn('# nothing\n'))[0]?.message).to.equal('the file is empty');
    expect((await problemsIn('just text'))[0]?.message).to.match(/no fields/);
    expect((await problemsIn('- a\n- b\n'))[0]?.message).to.match(/no fields/);
  });

  it('tells every mistake in the YAML itself', async () => {
    expect(await briefly('kind: Config\n\tenvironments: {}\n')).to.satisfy((all: string[]) =>
      all.some((text) => text.startsWith('2:1+') && text.includes('tabs')),
    );
    expect((await problemsIn('kind: "Config\n')).length).to.be.greaterThan(0);
    expect((await problemsIn('kind: !!python/object x\n'))[0]?.message).to.match(/Unresolved tag/);
    expect((await problemsIn('kind: *nobody\n'))[0]?.message).to.match(/nobody/);
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'] as unknown as string[][]) {
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
    }
    expect((await problemsIn(`kind: Config\n${bomb.join('\n')}\n`))[0]?.message).to.match(/alias/);
  });

  it('shows a field that stands there twice together with everything else', async () => {
    const text = 'apiVersion: plimsoll.dev/v1\nkind: Config\nenvironments: {}\nreport: x\nenvironments: {}\n';
    expect(await briefly(text)).to.deep.equal([
      '4:1+6 unknown field "report" in Config; did you mean "reports"?',
      '5:1+12 the field "environments" stands here twice',
    ]);
  });

  it('reads Windows line ends, a byte order mark, JSON, and values behind anchors', async () => {
    expect((await loadAny(await file(`\uFEFF${EXPERIMENT.replaceAll('\n', '\r\n')}`))).ok).to.equal(true);
    const crlf = await problemsIn(EXPERIMENT.replace('steady: 15s', 'steady: 15').replaceAll('\n', '\r\n'));
    expect(crlf[0]).to.deep.include({ line: 5, column: 18, length: 2 });
    expect(crlf[0]?.sourceLine).to.equal('phases: {steady: 15, fault: 30s, recovery: 15s}');
    const json = '{"apiVersion": "plimsoll.dev/v1", "kind": "Config", "environments": {}}';
    expect((await loadAny(await file(json))).ok).to.equal(true);
    const anchored = EXPERIMENT.replace(
      '{steady: 15s, fault: 30s, recovery: 15s}',
      '{steady: &t 15s, fault: 30s, recovery: *t}',
    );
    expect((await loadAny(await file(anchored))).ok).to.equal(true);
    const wrongBehindAlias = anchored.replace('&t 15s', '&t 15');
    expect((await briefly(wrongBehindAlias)).map((text) => text.slice(0, 6))).to.deep.equal([
      '5:21+2',
      '5:47+2',
    ]);
  });

  it('takes "on" and "no" as text, as YAML 1.2 does', async () => {
    const loaded = await loadExperiment(
      await file(EXPERIMENT.replace('{name: delay}', '{name: delay, labels: {a: on, b: no}}')),
    );
    expect(loaded.ok && loaded.document.metadata.labels).to.deep.equal({ a: 'on', b: 'no' });
  });

  it('does not read merge keys', async () => {
    const text = `x: &x {steady: 15s}\n${EXPERIMENT.replace('{steady: 15s,', '{<<: *x, ')}`;
    expect((await problemsIn(text)).map((problem) => problem.message)).to.include(
      'merge keys ("<<") are not read; write the fields out',
    );
  });

  it('is not led astray by names that objects have by nature', async () => {
    const text = EXPERIMENT.replace('hypothesis:', '__proto__: {a: b}\nconstructor: 1\nhypothesis:');
    expect((await briefly(text)).map((brief) => brief.slice(0, 40))).to.deep.equal([
      '4:1+9 unknown field "__proto__" in Exper',
      '5:1+11 unknown field "constructor" in Ex',
    ]);
    expect((await problemsIn('kind: toString\n'))[0]?.message).to.match(/unknown kind "toString"/);
  });
});
