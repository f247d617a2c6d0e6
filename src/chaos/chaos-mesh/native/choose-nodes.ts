import type { Finding } from '../../../shared/finding.js';
import { seededRandom } from '../../../shared/seeded-random.js';
import { selectTargets } from '../../select-targets.js';
import { cordonedBy } from './cordon-node.js';
import type { DrainSpec } from './drain-spec.js';
import { type ClusterNode, isSchedulable } from './node.js';

export interface NodeChoice {
  /** Those to be drained. */
  readonly nodes: readonly ClusterNode[];
  readonly findings: readonly Finding[];
}

/** Draws the nodes among those that take pods just now; a node that is cordoned already is never drained. */
export function chooseNodes(spec: DrainSpec, all: readonly ClusterNode[], seed: string): NodeChoice {
  const meant = all.filter((node) => isMeant(spec, node));
  const missing = spec.nodes.filter((name) => !meant.some(({ id }) => id === name));
  const usable = meant.filter(isSchedulable);
  const idle = meant.filter((node) => !isSchedulable(node));
  const findings = [
    ...(missing.length === 0 ? [] : [noSuchNode(missing, all)]),
    ...idle.map((node) => notUsable(node, spec.mode === 'all' || usable.length === 0)),
  ];
  if (meant.length === 0 && missing.length === 0) findings.push(nothingMatches(spec, all));
  if (usable.length === 0) return { nodes: [], findings };
  const drawn = selectTargets({ ...spec, selector: {} }, usable, seededRandom(seed));
  if (drawn.status === 'none') return { nodes: [], findings: [...findings, drawn.finding] };
  const left = all.filter((node) => isSchedulable(node) && !drawn.targets.includes(node));
  if (left.length === 0 && !spec.allowLastNode) findings.push(lastNode(drawn.targets));
  return { nodes: drawn.targets, findings };
}

function isMeant({ nodes, nodeSelector }: DrainSpec, { id, labels }: ClusterNode): boolean {
  const wanted = Object.entries(nodeSelector);
  if (wanted.length > 0) return wanted.every(([key, value]) => labels[key] === value);
  return nodes.includes(id);
}

function noSuchNode(missing: readonly string[], all: readonly ClusterNode[]): Finding {
  return {
    severity: 'stop',
    code: 'no-target',
    message: `the cluster has no node ${missing.join(', ')}`,
    remedy: `Name one of ${shortList(all)}.`,
  };
}

function nothingMatches({ nodeSelector }: DrainSpec, all: readonly ClusterNode[]): Finding {
  const labels = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  return {
    severity: 'stop',
    code: 'no-target',
    message: `no node has the labels ${labels.join(', ')}`,
    remedy: `Compare them with: kubectl get nodes --show-labels (there are ${shortList(all)}).`,
  };
}

function notUsable(node: ClusterNode, stops: boolean): Finding {
  const severity = stops ? 'stop' : 'warning';
  if (!node.unschedulable) {
    return {
      severity,
      code: 'node-not-ready',
      message: `node ${node.id} is not ready, and ${stops ? 'cannot be drained' : 'is not drawn'}`,
      remedy: `Look with: kubectl describe node ${node.id}`,
    };
  }
  return {
    severity,
    code: 'node-cordoned',
    message: `node ${node.id} is cordoned already, by ${cordonedBy(node)}, and ${stops ? 'is not drained' : 'is not drawn'}: whoever did it is at work there`,
    remedy:
      node.cordonedBy === undefined
        ? `Wait until it is schedulable again, or choose another node.`
        : 'Where that run is dead: plimsoll sweep, and plimsoll sweep --orphans for one of another machine.',
  };
}

function lastNode(nodes: readonly ClusterNode[]): Finding {
  return {
    severity: 'stop',
    code: 'last-node',
    message: `no schedulable node would be left beside ${nodes.map(({ id }) => id).join(', ')}: no pod of anybody could start anywhere`,
    remedy: 'Choose fewer nodes, or write allowLastNode: true where that is what is being tried.',
  };
}

function shortList(all: readonly ClusterNode[]): string {
  const names = all.slice(0, 5).map(({ id }) => id);
  return `${names.join(', ')}${all.length > names.length ? ', ...' : ''}`;
}
