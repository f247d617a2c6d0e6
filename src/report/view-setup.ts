import type { Result } from '../experiments/result-schema.js';
import { formatCount, formatDuration } from '../shared/units.js';
import type { Fact } from './view-facts.js';

/** By what a run was measured, and how well it can be known. */
export function viewSetup(result: Result): readonly Fact[] {
  const { generator, versions, clock, environment, run } = result;
  const models = {
    open: 'open model: requests start on schedule, whatever the service does',
    closed: 'closed model: each user waits for its answer, so that a stall slows the load too',
    script: 'its own options decide the model',
  };
  return [
    { name: 'Load generator', value: `${nameOf(generator)}, ${models[generator.model]}` },
    { name: 'Requests in all', value: formatCount(generator.requests) },
    { name: 'Environment', value: `${environment.name} (${environment.driver})` },
    { name: 'Plimsoll', value: versions.plimsoll },
    { name: 'Node', value: versions.node },
    {
      name: 'Machine',
      value: `${versions.platform}, ${formatCount(versions.cpus)} ${versions.cpus === 1 ? 'CPU' : 'CPUs'}`,
    },
    {
      name: 'Clock',
      value: `known to ± ${formatDuration(clock.uncertaintyMs)}, largest step ${formatDuration(clock.maxStepMs)}. ${clock.note}`,
    },
    { name: 'Exit code', value: String(run.exitCode) },
  ];
}

/** A command has no version that anybody knows. */
function nameOf({ name, version }: Result['generator']): string {
  return version === '' ? name : `${name} ${version}`;
}
