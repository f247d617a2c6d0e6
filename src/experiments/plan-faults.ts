import type { PlannedFault } from '../chaos/fault-injector.js';
import type { ExperimentDocument } from './experiment-schema.js';

/** As long as a name in Kubernetes may be where it is used as a label, too. */
const LONGEST_NAME = 63;

/** The faults with the names and labels under which they are put in. */
export function planFaults(document: ExperimentDocument, runId: string): readonly PlannedFault[] {
  const experiment = document.metadata.name;
  const taken = new Set(document.faults.flatMap(({ name }) => name ?? []));
  return document.faults.map((fault) => {
    const name = fault.name ?? freeName(fault.manifest.kind.toLowerCase(), taken);
    const { metadata } = fault.manifest;
    return {
      name,
      manifest: {
        ...fault.manifest,
        metadata: {
          ...metadata,
          name: objectName(experiment, name, runId),
          labels: {
            ...metadata?.labels,
            'app.kubernetes.io/managed-by': 'plimsoll',
            'plimsoll.dev/experiment': experiment,
            'plimsoll.dev/run': runId,
          },
        },
      },
      schedule: {
        atMs: fault.at,
        ...(fault.for === undefined ? {} : { forMs: fault.for }),
        ...(fault.every === undefined ? {} : { everyMs: fault.every }),
      },
      ...(fault.dose === 'off' ? { dose: fault.dose } : {}),
    };
  });
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}

/** Unique for the run: the end of its id stands in it, whatever has to be cut. */
function objectName(experiment: string, fault: string, runId: string): string {
  const suffix = runId.slice(runId.lastIndexOf('-'));
  const stem = `${experiment}-${fault}`.slice(0, LONGEST_NAME - suffix.length).replace(/-+$/, '');
  return `${stem}${suffix}`;
}
