import type { PlannedFault, PlannedTarget } from '../chaos/fault-injector.js';
import { shareOfServices } from '../chaos/share-of-services.js';
import type { Plan } from '../experiments/plan.js';
import { printable } from '../report/printable.js';
import { formatCount } from '../shared/units.js';

/** A plan of thousands of pods is still read by somebody. */
const SHOWN = 20;

/** What a fault would hit: how much of which service, then target by target where there is more to say than a name. */
export function targetLines(plan: Plan, fault: PlannedFault): readonly string[] {
  const targets = plan.targets[fault.name];
  const prefix = plan.faults.length === 1 ? '' : `${fault.name}: `;
  if (targets === undefined) return [`${prefix}not known: preflight stops this fault`];
  if (targets.length === 0)
    return [printable(`${prefix}none by name: ${fault.manifest.kind} chooses for itself`)];
  const head = `${prefix}${describeShare(plan, targets)} (${describeGuards(plan)})`;
  const arePods = targets.some(({ node }) => node !== undefined);
  if (!arePods) return [printable(`${head}: ${targets.map(({ id }) => id).join(', ')}`)];
  const rows = targets.slice(0, SHOWN).map(cellsOf);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const more = targets.length - rows.length;
  return [
    printable(head),
    ...rows.map((row) => {
      const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      return `  ${cells.join('  ').trimEnd()}`;
    }),
    ...(more > 0 ? [`  and ${formatCount(more)} more; --json names them all`] : []),
  ];
}

/** `1 of 3 ready pods behind Service shop/orders, 33 %`, or the number alone where nobody has counted. */
function describeShare({ environment }: Plan, targets: readonly PlannedTarget[]): string {
  const shares = shareOfServices(targets, environment.services);
  if (shares.length === 0) {
    const pods = targets.length === 1 ? 'pod' : 'pods';
    if (environment.driver === 'local') return formatCount(targets.length);
    const why = targets.some(({ behind }) => behind === undefined)
      ? 'the Services in front of them may not be seen'
      : 'no Service is in front of them';
    return `${formatCount(targets.length)} ${pods}; ${why}`;
  }
  return shares
    .map(({ service, hit, ready, percent }) => {
      const what =
        environment.driver === 'local'
          ? `${ready === 1 ? 'replica' : 'replicas'} of ${service}`
          : `ready ${ready === 1 ? 'pod' : 'pods'} behind Service ${service}`;
      return `${formatCount(hit)} of ${formatCount(ready)} ${what}, ${percent.toFixed(0)} %`;
    })
    .join('; ');
}

function describeGuards({ guards: { maxTargets, maxPercent } }: Plan): string {
  const guards = [
    ...(maxTargets === undefined ? [] : [`at most ${maxTargets}`]),
    ...(maxPercent === undefined ? [] : [`at most ${maxPercent} %`]),
  ];
  return guards.length === 0 ? 'no guard: guards.maxTargets is not set' : `guard: ${guards.join(', ')}`;
}

function cellsOf({
  id,
  node = '',
  owner = '',
  ready = true,
  budgets = [],
}: PlannedTarget): readonly string[] {
  return [
    id,
    node,
    ready ? 'ready' : 'not ready',
    owner === '' ? 'no owner' : owner,
    budgets
      .map((budget) => `PodDisruptionBudget ${budget.id} (${budget.limit}) allows ${budget.allowed}`)
      .join(', '),
  ].map(printable);
}
