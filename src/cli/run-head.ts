import type { Plan } from '../experiments/plan.js';
import { printable } from '../report/printable.js';
import { describeGenerator, describeProfile } from './describe-load.js';
import { findingLines } from './format-findings.js';
import { painter } from './paint.js';

/** What stands above the steps of a run: which it is, what it tries, and that preflight let it through. */
export function runHead(plan: Plan, options: { readonly colour: boolean }): string {
  const paint = painter(options);
  const { experiment, environment, generator, load } = plan;
  const targets = [...new Set(Object.values(plan.targets).flatMap((each) => each.map(({ id }) => id)))];
  return [
    `${paint('bold', experiment.name)}  ${environment.name}  run ${plan.runId}`,
    `  hypothesis  ${printable(experiment.hypothesis)}`,
    `  load        ${describeGenerator(generator)}, ${describeProfile(load.profile)}`,
    `  ${paint('green', '✔')} preflight ${printable(`${targets.length === 1 ? 'target' : `${targets.length} targets:`} ${targets.join(', ')}`)}`,
    ...findingLines(plan.findings, options).map((line) => `  ${line}`),
    '',
  ].join('\n');
}
