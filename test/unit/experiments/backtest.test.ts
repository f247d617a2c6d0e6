import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { renderBacktest } from '../../../src/cli/render-backtest.js';
import { backtest, countFlips } from '../../../src/experiments/backtest.js';
import type { Outcome } from '../../../src/shared/outcome.js';
import { anSla } from '../../support/a-plan.js';
import { aResult } from '../../support/a-result.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('backtest', () => {
  const folder = temporaryFolder();

  async function store(runId: string, content: string | undefined): Promise<void> {
    const place = join(folder.path, 'delay', runId);
    await mkdir(place, { recursive: true });
    if (content !== undefined) await writeFile(join(place, 'result.json'), content);
  }

  it('judges stored runs by other objectives, the oldest first', async () => {
    await store('20261124-081502-aaaa', JSON.stringify(aResult()));
    await store('20261123-081502-k3f9', JSON.stringify(aResult()));
    await store('20261125-081502-bbbb', undefined);
    await store('20261126-081502-cccc', '{}');
    const done = await backtest(folder.path, anSla({ fault: ['p95 <= 100ms'] }));
    expect(done.runs.map(({ runId, then, now }) => `${runId} ${then.outcome} ${now.outcome}`)).to.deep.equal([
      '20261123-081502-k3f9 pass breach',
      '20261124-081502-aaaa pass breach',
    ]);
    expect(done.counts.now).to.deep.equal({ pass: 0, breach: 2, inconclusive: 0 });
    expect(done.flips).to.deep.equal({ pairs: 1, then: 0, now: 0 });
    expect(done.skipped.map(({ runId }) => runId)).to.deep.equal([
      '20261125-081502-bbbb',
      '20261126-081502-cccc',
    ]);
    const text = renderBacktest(done, { colour: false });
    expect(text).to.match(/20261123-081502-k3f9 {2}pass +breach +p95 214 ms .* is over the limit of 100 ms/);
    expect(text).to.contain('now   0 pass, 2 breach, 0 inconclusive; 0 of 1 would have');
    expect(text).to.contain('not judged: delay 20261125-081502-bbbb: it has no result');
  });

  it('takes the runs of one experiment where it is named', async () => {
    await store('20261124-081502-aaaa', JSON.stringify(aResult()));
    const sla = anSla({ fault: ['p95 <= 100ms'] });
    expect((await backtest(folder.path, sla, { experiment: 'delay' })).runs).to.have.length(1);
    expect((await backtest(folder.path, sla, { experiment: 'other' })).runs).to.deep.equal([]);
  });
});

describe('countFlips', () => {
  it('counts neighbouring runs of the same experiment that differ', () => {
    const run = (experiment: string, then: Outcome, now: Outcome) => ({
      experiment,
      then: { outcome: then, reason: '' },
      now: { outcome: now, reason: '' },
    });
    expect(
      countFlips([
        run('a', 'pass', 'pass'),
        run('a', 'pass', 'breach'),
        run('a', 'breach', 'pass'),
        run('b', 'pass', 'inconclusive'),
        run('b', 'pass', 'inconclusive'),
      ]),
    ).to.deep.equal({ pairs: 3, then: 1, now: 2 });
  });
});
