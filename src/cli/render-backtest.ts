import type { Backtest, BacktestRow } from '../experiments/backtest.js';
import { printable } from '../report/printable.js';
import { type Outcome, OUTCOMES } from '../shared/outcome.js';
import { painter } from './paint.js';

const COLOURS = { pass: 'green', breach: 'red', inconclusive: 'yellow' } as const;
const WIDEST = Math.max(...OUTCOMES.map((outcome) => outcome.length));

/** A backtest for people: run by run what it was and would have been, then the sums. */
export function renderBacktest(
  { runs, counts, flips, skipped }: Backtest,
  options: { readonly colour: boolean },
): string {
  const paint = painter(options);
  const word = (outcome: Outcome) => paint(COLOURS[outcome], outcome.padEnd(WIDEST));
  const line = ({ runId, then, now }: BacktestRow) =>
    `  ${runId}  ${word(then.outcome)}  ${word(now.outcome)}${
      now.outcome === 'pass' ? '' : `  ${printable(now.reason)}`
    }`.trimEnd();
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))];
  const differ = (count: number) => `${count} of ${flips.pairs}`;
  return [
    ...experiments.flatMap((name) => [
      paint('bold', name),
      paint('dim', `  ${'run'.padEnd(20)}  ${'then'.padEnd(WIDEST)}  now`),
      ...runs.filter(({ experiment }) => experiment === name).map(line),
      '',
    ]),
    ...skipped.map(({ experiment, runId, reason }) =>
      printable(`not judged: ${experiment} ${runId}: ${reason}`),
    ),
    `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`,
    `  then  ${countsLine(counts.then)}; ${differ(flips.then)} differed from the run after it`,
    `  now   ${countsLine(counts.now)}; ${differ(flips.now)} would have`,
    '',
  ].join('\n');
}

function countsLine(counts: Readonly<Record<Outcome, number>>): string {
  return `${counts.pass} pass, ${counts.breach} breach, ${counts.inconclusive} inconclusive`;
}
