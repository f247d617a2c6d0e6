import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run, type RunOptions } from '../../../../src/cli/commands/run.js';
import type { ChosenExperiment } from '../../../../src/cli/run-many.js';
import type { ComposeRun } from '../../../../src/cli/run-one.js';
import type { Plan } from '../../../../src/experiments/plan.js';
import type { Result } from '../../../../src/experiments/result-schema.js';
import type { RunObserver } from '../../../../src/experiments/run-observer.js';
import { PlimsollError } from '../../../../src/shared/errors.js';
import { aContext } from '../../../support/a-context.js';
import { aPlan } from '../../../support/a-plan.js';
import { aResult } from '../../../support/a-result.js';
import { aBreach } from '../../../support/some-results.js';

/** What becomes of an experiment: a result, a plan that is stopped, an error, or an invalid file. */
type Fate =
  | { readonly result: Result; readonly during?: (observer: RunObserver, interrupt: AbortSignal) => void }
  | { readonly plan: Partial<Plan> }
  | { readonly thrown: Error }
  | { readonly problem: string };

describe('plimsoll run', () => {
  let folder: string;
  let reports: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-cli-run-'));
    reports = join(folder, 'reports');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  function compose(fates: Readonly<Record<string, Fate>>): ComposeRun {
    return ({ experimentPath }) => {
      const fate = fates[experimentPath];
      if (fate === undefined) return Promise.reject(new Error(`no fate for ${experimentPath}`));
      if ('thrown' in fate) return Promise.reject(fate.thrown);
      if ('problem' in fate) {
        const problem = {
          file: experimentPath,
          line: 0,
          column: 0,
          length: 0,
          message: fate.problem,
          sourceLine: '',
        };
        return Promise.resolve({ ok: false, problems: [problem] });
      }
      if ('plan' in fate) {
        const execute = () => Promise.reject(new Error('a stopped plan is not run'));
        return Promise.resolve({ ok: true, plan: aPlan(fate.plan), reports, execute });
      }
      const { result } = fate;
      const runFolder = join(reports, result.experiment.name, result.run.id);
      return Promise.resolve({
        ok: true,
        reports,
        plan: aPlan({
          runId: result.run.id,
          experiment: { ...result.experiment, labels: {} },
        }),
        execute: async (observer, interrupt) => {
          await mkdir(runFolder, { recursive: true });
          fate.during?.(observer, interrupt);
          return { result, folder: runFolder };
        },
      });
    };
  }

  async function running(
    fates: Readonly<Record<string, Fate>>,
    options: RunOptions = {},
    overrides: Parameters<typeof aContext>[0] = {},
  ) {
    const context = aContext({ cwd: folder, ...overrides });
    const chosen: readonly ChosenExperiment[] = Object.keys(fates).map((path) => ({
      path,
      retries: 0,
      cooldownMs: 0,
      onBreach: 'continue',
    }));
    const exitCode = await run(chosen, options, context, compose(fates));
    return { exitCode, out: context.out(), err: context.err(), context };
  }

  it('writes the report into the folder of the run, prints the summary, and exits with its code', async () => {
    const result = aResult();
    const { exitCode, out, err } = await running({ 'a.yaml': { result } });
    expect(exitCode).to.equal(result.run.exitCode);
    const path = join('reports', result.experiment.name, result.run.id, 'report.html');
    expect(out)
      .to.match(/^PASS /)
      .and.include(`report  ${path}`);
    expect(err).to.include(`run ${result.run.id}`).and.include('hypothesis');
    expect(await readFile(join(folder, path), 'utf8')).to.include('<!doctype html>');
    expect(existsSync(join(reports, `baseline-${result.run.id}`))).to.equal(false);
  });

  it('prints nothing but the document on stdout with --json, and an array for several', async () => {
    const one = await running({ 'a.yaml': { result: aResult() } }, { json: true });
    expect(JSON.parse(one.out)).to.have.property('schemaVersion');
    const two = await running(
      { 'a.yaml': { result: aResult() }, 'b.yaml': { problem: 'no' } },
      { json: true },
    );
    expect(JSON.parse(two.out)).to.have.length(1);
  });

  it('prints one line for each verdict with --quiet, and no progress', async () => {
    const { out, err } = await running({ 'a.yaml': { result: aResult() } }, { quiet: true });
    expect(out).to.match(/^PASS order-submit-network-delay: .*\n$/);
    expect(err).to.equal('');
  });

  it('goes on after runs that cannot begin, shows them as such everywhere, and takes the worst code', async () => {
    const breach = aBreach();
    const junit = join(folder, 'out', 'junit.xml');
    const markdown = join(folder, 'out', 'comment.md');
    const { exitCode, out, err } = await running(
      {
        'stopped.yaml': {
          plan: {
            findings: [
              { severity: 'stop', code: 'port-in-use', message: 'port 1 is in use', remedy: 'free it' },
            ],
          },
        },
        'invalid.yaml': { problem: 'no such file' },
        'breach.yaml': { result: breach },
        'pass.yaml': { result: aResult() },
      },
      { junit, markdown },
    );
    expect(exitCode).to.equal(1);
    expect(err).to.include('port 1 is in use').and.include('remedy: free it').and.include('no such file');
    expect(out).to.include('4 experiments: 1 pass, 1 breach, 0 inconclusive, 2 not run');
    const baseline = join(reports, `baseline-${breach.run.id}`);
    const index = await readFile(join(baseline, 'index.html'), 'utf8');
    expect(index).to.include('stopped.yaml').and.include('port 1 is in use');
    expect(index).to.include(`href="../${breach.experiment.name}/${breach.run.id}/report.html"`);
    for (const path of [junit, join(baseline, 'junit.xml')]) {
      expect(await readFile(path, 'utf8')).to.include('it was not run: port 1 is in use');
    }
    expect(await readFile(markdown, 'utf8')).to.include('NOT RUN');
    const report = await readFile(
      join(reports, breach.experiment.name, breach.run.id, 'report.html'),
      'utf8',
    );
    expect(report).to.include(`../../baseline-${breach.run.id}/index.html`);
  });

  it('is not ready, and touches nothing, where preflight stops the only run', async () => {
    const findings = [
      { severity: 'stop', code: 'no-target', message: 'nothing matches', remedy: '' },
    ] as const;
    const { exitCode, err } = await running({ 'a.yaml': { plan: { findings } } });
    expect(exitCode).to.equal(69);
    expect(err).to.include('1 finding stops this run; nothing was touched');
  });

  it('tells an expected failure from a bug, and goes on after both', async () => {
    const { exitCode, err, out } = await running({
      'a.yaml': { thrown: new PlimsollError('NOT_READY', 'another run holds it', { remedy: 'wait' }) },
      'b.yaml': { thrown: new TypeError('boom') },
      'c.yaml': { result: aResult() },
    });
    expect(exitCode).to.equal(70);
    expect(err).to.include('error: another run holds it').and.include('internal error: boom');
    expect(out).to.include('PASS');
  });

  it('says what it does on an interrupt, begins no other run, and exits with the code of the signal', async () => {
    const controller = new AbortController();
    const result = aResult();
    const interrupted = { ...result, run: { ...result.run, status: 'interrupted' as const, exitCode: 130 } };
    const during = (observer: RunObserver) => {
      observer.event({ atMs: 0, kind: 'fault-requested', message: '', target: 'delay' });
      controller.abort('SIGINT');
    };
    const { exitCode, err, context } = await running(
      { 'a.yaml': { result: interrupted, during }, 'b.yaml': { thrown: new Error('not begun') } },
      {},
      { interrupt: controller.signal },
    );
    expect(exitCode).to.equal(130);
    expect(err).to.include('interrupted: taking the fault out (delay)').and.not.include('not begun');
    expect(context.liveFaults.get()).to.equal(undefined);
  });

  it('keeps in mind that a fault may be live, and runs nothing more', async () => {
    const result = aResult();
    const live = { ...result, run: { ...result.run, exitCode: 75 } };
    const during = (observer: RunObserver) => {
      observer.event({ atMs: 0, kind: 'fault-requested', message: '', target: 'delay' });
    };
    const { exitCode, err, context } = await running({
      'a.yaml': { result: live, during },
      'b.yaml': { thrown: new Error('not begun') },
    });
    expect(exitCode).to.equal(75);
    expect(err).to.include('a fault may still be live').and.not.include('not begun');
    expect(context.liveFaults.get()?.faults).to.deep.equal(['delay']);
  });

  it('keeps the verdict of a run whose report cannot be written', async () => {
    const result = aBreach();
    const during = () => undefined;
    const path = join(reports, result.experiment.name, result.run.id, 'report.html');
    await mkdir(path, { recursive: true });
    const { exitCode, err, out } = await running({ 'a.yaml': { result, during } });
    expect(exitCode).to.equal(1);
    expect(err).to.include('cannot write');
    expect(out).to.include('BREACH').and.include('result.json');
  });

  it('refuses to call nothing at all a pass', async () => {
    expect((await running({})).exitCode).to.equal(2);
  });
});
