import type { KubeObject } from '../../../shared/kubernetes/kube-client.js';

/** What Plimsoll keeps of a node. */
export interface Node {
  readonly name: string;
  /** `True`, `False`, or `Unknown` where its kubelet no longer reports. */
  readonly ready: string;
  /** Those that are on: `MemoryPressure`, `DiskPressure`, `PIDPressure`, `NetworkUnavailable`. */
  readonly troubles: readonly string[];
  /** Nothing new is scheduled there. */
  readonly isCordoned: boolean;
}

export function readNode({ metadata, spec, status }: KubeObject): Node {
  const conditions = (status?.conditions ?? []) as readonly {
    readonly type: string;
    readonly status: string;
  }[];
  return {
    name: metadata.name,
    ready: conditions.find(({ type }) => type === 'Ready')?.status ?? 'Unknown',
    troubles: conditions
      .filter((each) => each.type !== 'Ready' && each.status === 'True')
      .map(({ type }) => type),
    isCordoned: spec?.unschedulable === true,
  };
}

export interface NodeChange {
  /** The kind of event in the timeline. */
  readonly kind: string;
  readonly message: string;
}

const SOUND: Omit<Node, 'name'> = { ready: 'True', troubles: [], isCordoned: false };

/** What of a node's change belongs in the timeline. At first sight, that is all that is wrong with it. */
export function describeNodeChange(before: Node | undefined, after: Node | undefined): readonly NodeChange[] {
  if (after === undefined) {
    return before === undefined ? [] : [{ kind: 'node-gone', message: `node ${before.name} is gone` }];
  }
  const { name, ready, troubles, isCordoned } = after;
  const was = before ?? SOUND;
  const changes: NodeChange[] = [];
  if (ready !== was.ready) {
    changes.push(
      ready === 'True'
        ? { kind: 'node-ready', message: `node ${name} is ready` }
        : {
            kind: 'node-not-ready',
            message: `node ${name} is not ready${ready === 'Unknown' ? ': its kubelet does not report' : ''}`,
          },
    );
  }
  for (const trouble of troubles.filter((each) => !was.troubles.includes(each)))
    changes.push({ kind: 'node-trouble', message: `node ${name} has ${trouble}` });
  for (const trouble of was.troubles.filter((each) => !troubles.includes(each)))
    changes.push({ kind: 'node-trouble-over', message: `node ${name} no longer has ${trouble}` });
  if (isCordoned && !was.isCordoned)
    changes.push({ kind: 'node-cordoned', message: `node ${name} takes no new pods: it was cordoned` });
  if (!isCordoned && was.isCordoned)
    changes.push({ kind: 'node-uncordoned', message: `node ${name} takes new pods again` });
  return changes;
}
