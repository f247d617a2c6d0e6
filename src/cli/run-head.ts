import type { Plan } from '../experiments/plan.js';
import { printable } from '../report/printable.js';
import type { GeneratorChoice } from './create-generator.js';
import { describeGenerator, describePace } from './describe-load.js';
import { findingLines } from './format-findings.js';
import { painter } from './paint.js';

/** What stands above the steps of a run: which it is, what it tries, and that preflight let it through. */
export function runHead(
  plan: Plan,
  options: { readonly colour: boolean; readonly chosen: GeneratorChoice | undefined },
): string {
  const paint = painter(options);
  const { experiment, environment, generator, load } = plan;
  // k6 comes first where nobody asked for the embedded generator.
  const instead =
    generator.name === 'embedded' && options.chosen !== 'embedded'
      ? ' (k6 was not found: `plimsoll doctor` says how to get it)'
      : '';
  const targets = [...new Set(Object.values(plan.targets).flatMap((each) => each.map(({ id }) => id)))];
  return [
    `${paint('bold', experiment.name)}  ${environment.name}  run ${plan.runId}`,
    `  hypothesis  ${printable(experiment.hypothesis)}`,
    `  load        ${describeGenerator(generator)}, ${describePace(load)}${instead}`,
    `  ${paint('green', '✔')} preflight ${printable(`${targets.length === 1 ? 'target' : `${targets.length} targets:`} ${targets.join(', ')}`)}`,
    ...findingLines(plan.findings, options).map((line) => `  ${line}`),
    '',
  ].join('\n');
}
