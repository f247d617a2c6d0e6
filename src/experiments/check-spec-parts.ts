import { type DocumentIssue, isFields } from './document-issue.js';

type Spec = Readonly<Record<string, unknown>>;

/** Fields that an action cannot do without; one of each inner list is enough. As Chaos Mesh's webhooks have it. */
const PARTS: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  NetworkChaos: {
    delay: [['delay']],
    loss: [['loss']],
    duplicate: [['duplicate']],
    corrupt: [['corrupt']],
    bandwidth: [['bandwidth']],
    netem: [['delay', 'loss', 'duplicate', 'corrupt', 'rate']],
  },
  PodChaos: { 'container-kill': [['containerNames']] },
  IOChaos: {
    latency: [['delay']],
    fault: [['errno']],
    attrOverride: [['attr']],
    mistake: [['mistake']],
  },
  JVMChaos: {
    latency: [['class'], ['method'], ['latency']],
    return: [['class'], ['method'], ['returnValue']],
    exception: [['class'], ['method'], ['exception']],
    stress: [['cpuCount', 'memType']],
    ruleData: [['ruleData']],
    mysql: [['mysqlConnectorVersion'], ['exception', 'latency']],
  },
  BlockChaos: { delay: [['delay']] },
  AWSChaos: { 'detach-volume': [['volumeID'], ['deviceName']] },
  AzureChaos: { 'disk-detach': [['diskName'], ['lun']] },
  GCPChaos: { 'disk-loss': [['deviceNames']] },
};

/** What a spec lacks for what it wants to do, or holds beside it that excludes it. Paths are relative to the spec. */
export function checkSpecParts(kind: string, spec: Spec): readonly DocumentIssue[] {
  const has = (field: string) => spec[field] !== undefined;
  switch (kind) {
    case 'NetworkChaos':
      return [...missingParts(kind, spec), ...checkDirection(spec)];
    case 'StressChaos':
      return isEmptyStress(spec)
        ? [wrong('stressors', 'key', 'a StressChaos needs "stressors" with "cpu", "memory" or both')]
        : [];
    case 'HTTPChaos':
      return ['abort', 'delay', 'replace', 'patch'].some(has)
        ? []
        : [{ path: [], at: 'key', message: 'a HTTPChaos needs one of "abort", "delay", "replace", "patch"' }];
    case 'JVMChaos':
      return spec.action === 'stress' && has('cpuCount') && has('memType')
        ? [
            wrong(
              'memType',
              'key',
              'a JVMChaos stresses either the processor or the memory: drop one of "cpuCount", "memType"',
            ),
          ]
        : missingParts(kind, spec);
    case 'PhysicalMachineChaos':
      return typeof spec.action === 'string' && !has(spec.action)
        ? [wrong('action', 'value', `action "${spec.action}" needs its settings in "${spec.action}"`)]
        : [];
    default:
      return missingParts(kind, spec);
  }
}

function missingParts(kind: string, spec: Spec): readonly DocumentIssue[] {
  const { action } = spec;
  const ofKind = PARTS[kind] ?? {};
  if (typeof action !== 'string' || !Object.hasOwn(ofKind, action)) return [];
  return (ofKind[action] ?? [])
    .filter((choices) => choices.every((field) => spec[field] === undefined))
    .map((choices) => wrong('action', 'value', `action "${action}" needs ${needed(action, choices)}`));
}

function needed(action: string, choices: readonly string[]): string {
  const quoted = choices.map((field) => `"${field}"`);
  if (choices.length > 1) return `one of ${quoted.join(', ')}`;
  return choices[0] === action ? `its settings in ${quoted.join('')}` : quoted.join('');
}

/** The filter of packets that come in stands on the other side: it has to be a pod. A partition needs no filter. */
function checkDirection({ action, direction, target, externalTargets }: Spec): readonly DocumentIssue[] {
  if (action === 'partition' || (direction !== 'from' && direction !== 'both')) return [];
  if (externalTargets !== undefined) {
    const message = `"externalTargets" cannot stand beside direction "${direction}"; use direction: to`;
    return [wrong('externalTargets', 'key', message)];
  }
  if (target !== undefined) return [];
  return [wrong('direction', 'value', `direction "${direction}" needs a "target": {mode, selector}`)];
}

function isEmptyStress(spec: Spec): boolean {
  if (spec.stressngStressors !== undefined) return false;
  const stressors = spec.stressors;
  return stressors === undefined || (isFields(stressors) && Object.keys(stressors).length === 0);
}

function wrong(field: string, at: DocumentIssue['at'], message: string): DocumentIssue {
  return { path: [field], at, message };
}
