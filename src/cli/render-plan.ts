import type { PlannedFault } from '../chaos/fault-injector.js';
import { expectSamples } from '../experiments/expect-samples.js';
import { describeHalt } from '../experiments/halt-switch.js';
import type { Plan } from '../experiments/plan.js';
import { queriesOf } from '../experiments/queries-of.js';
import { printable } from '../report/printable.js';
import { PHASES, type Phase } from '../shared/phases.js';
import { formatCount, formatDuration } from '../shared/units.js';
import { JUDGED_PHASES } from '../sla/objective.js';
import { describeWhen } from '../sla/prometheus-query.js';
import { DEPENDENCE_FACTOR } from '../sla/statistics/detectable-change.js';
import { describeGenerator, describePace, describeRequests } from './describe-load.js';
import { findingLines, stopLine } from './format-findings.js';
import { painter } from './paint.js';
import { targetLines } from './target-lines.js';

const LABEL_WIDTH = 12;
/** The targets are listed one by one, and the phases decide how long a fault stays. */
const SAID_ELSEWHERE = new Set(['selector', 'duration']);
/** What stands behind the changes that can be seen. */
const DETECTION_NOTE = `(seen in 8 of 10 runs; a rule of thumb: ${DEPENDENCE_FACTOR} times what independent latencies would need)`;

/** A plan for people: what would be done, to what, what can be judged, and what stands in the way. */
export function renderPlan(plan: Plan, options: { readonly colour: boolean }): string {
  const paint = painter(options);
  const { experiment, environment } = plan;
  const section = (label: string, lines: readonly string[]): readonly string[] =>
    lines.map((line, index) => `  ${paint('dim', (index === 0 ? label : '').padEnd(LABEL_WIDTH))} ${line}`);
  const findings =
    plan.findings.length === 0
      ? [`${paint('green', '✔')} nothing stands in the way`]
      : findingLines(plan.findings, options);
  const stop = stopLine(plan.findings);
  return [
    `${paint('bold', experiment.name)}  in ${environment.name}  (${printable(experiment.file)})`,
    ...section('hypothesis', [printable(experiment.hypothesis)]),
    ...section(
      'will create',
      plan.faults.map((fault) => describePlannedFault(fault)),
    ),
    ...section(
      'targets',
      plan.faults.flatMap((fault) => targetLines(plan, fault)),
    ),
    ...section('load', [
      `${describePace(plan.load)}, by the ${describeGenerator(plan.generator)}`,
      printable(describeRequests(plan.load)),
      ...runnerLines(plan.generator),
    ]),
    ...section('phases', phaseLines(plan)),
    ...section('can judge', objectiveLines(plan, paint('yellow', '!'))),
    ...section('asks', queryLines(plan)),
    ...section(
      'stops when',
      [
        ...plan.guards.stopWhen.map(({ text }) => text),
        ...(plan.guards.halt === undefined ? [] : [describeHalt(plan.guards.halt)]),
      ].map(printable),
    ),
    ...section('cannot see', plan.generator.blindSpots.map(printable)),
    ...section('preflight', findings),
    ...(stop === '' ? [] : [`${paint('red', stop)}.`]),
    '',
  ].join('\n');
}

/** `NetworkChaos delay (delay: latency 200ms, jitter 10ms), mode all, from 5 s for 10 s`. */
export function describePlannedFault({ name, manifest, schedule }: PlannedFault): string {
  const { action, mode, value, ...others } = manifest.spec;
  const details = Object.entries(others).filter(([key]) => !SAID_ELSEWHERE.has(key));
  const parts = [
    [manifest.kind, action].filter((part) => typeof part === 'string').join(' '),
    ...(typeof mode === 'string' ? [`mode ${mode}${typeof value === 'string' ? ` ${value}` : ''}`] : []),
    ...details.map(([key, detail]) => `${key} ${brief(detail)}`),
    ...(schedule.atMs === 0 ? [] : [`from ${formatDuration(schedule.atMs)} on`]),
    ...(schedule.forMs === undefined ? [] : [`for ${formatDuration(schedule.forMs)}`]),
    ...(schedule.everyMs === undefined ? [] : [`again every ${formatDuration(schedule.everyMs)}`]),
  ];
  return printable(`${name}: ${parts.join(', ')}`);
}

/** The pods that make the load, and what each of them runs. */
function runnerLines({ runners }: Plan['generator']): readonly string[] {
  if (runners === undefined) return [];
  const { count, object, image, commands } = runners;
  return [
    `by ${formatCount(count)} ${count === 1 ? 'runner' : 'runners'}: ${object}, image ${image}`,
    ...commands.map((command, index) => `  ${index + 1}: ${command.join(' ')}`),
  ].map(printable);
}

/** A value of a manifest in few letters: `latency 200ms, jitter 10ms`. */
function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(brief).join(', ')}]`;
  const fields = Object.entries(value).map(([key, field]) => `${key} ${brief(field)}`);
  return `{${fields.join(', ')}}`;
}

function phaseLines({ phasesMs, trials = 1 }: Plan): readonly string[] {
  const planned = PHASES.filter((phase) => phasesMs[phase] > 0);
  const times = (phase: Phase) => (phase === 'warmup' ? 1 : trials);
  const totalMs = planned.reduce((sum, phase) => sum + phasesMs[phase] * times(phase), 0);
  const each = planned.map((phase) => `${phase} ${formatDuration(phasesMs[phase])}`).join(', ');
  const total = `${formatDuration(totalMs)} in all`;
  return trials === 1
    ? [`${each}: ${total}, and a little for the fault to come and go`]
    : [
        `${each}: up to ${trials} trials, ${total} at most, and a little for the fault to come and go`,
        'every second trial has its fault before its steady phase; it ends as soon as the outcome is clear',
      ];
}

function objectiveLines(plan: Plan, warning: string): readonly string[] {
  const rows = JUDGED_PHASES.flatMap((phase) =>
    plan.sla[phase].map((objective) => ({
      phase,
      objective: printable(
        objective.origin === undefined ? objective.text : `${objective.text} (threshold of the script)`,
      ),
      forecast: expectSamples(objective, phase, plan),
    })),
  );
  const widest = Math.max(0, ...rows.map(({ objective }) => objective.length));
  const lines = rows.map(({ phase, objective, forecast }) => {
    const line = `${phase.padEnd(8)}  ${objective.padEnd(widest)}`;
    if (forecast.status === 'open') return line.trimEnd();
    const { expected, needed } = forecast;
    const numbers = `${formatCount(expected)} samples expected, ${formatCount(needed)} needed`;
    if (forecast.status === 'too-few') return `${line}  ${warning} ${numbers}: it will be inconclusive`;
    return `${line}  ${numbers}${forecast.sees === undefined ? '' : `; sees ${formatChange(forecast.sees)}`}`;
  });
  return rows.some(({ forecast }) => forecast.status === 'enough' && forecast.sees !== undefined)
    ? [...lines, DETECTION_NOTE]
    : lines;
}

/** What a Prometheus server is asked, and where it is. */
function queryLines({ sla, metricsAddress }: Plan): readonly string[] {
  const lines = queriesOf(sla).map(
    ({ query, evaluation }) => `${describeWhen(evaluation)}: ${query.replaceAll(/\s+/g, ' ')}`,
  );
  if (lines.length === 0) return [];
  return [`Prometheus at ${metricsAddress ?? 'no address: the environment names none'}`, ...lines].map(
    printable,
  );
}

/** Two digits: more would promise what no rule of thumb can keep. */
function formatChange(change: number): string {
  return `a change of ${Number((change * 100).toPrecision(2))} %`;
}
