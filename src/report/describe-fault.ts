import type { FaultRecord } from '../experiments/result-schema.js';
import { isRecord } from '../shared/is-record.js';
import { formatCount, formatDuration, readDuration } from '../shared/units.js';

/** The fault as one would say it after "under": `200 ms of delay`, `a partition`, `a killed pod`. */
export function describeFault(fault: FaultRecord): string {
  const action = fault.action ?? '';
  switch (fault.kind) {
    case 'NetworkChaos':
      return describeNetwork(fault, action);
    case 'PodChaos':
      return describePods(fault, action);
    case 'StressChaos':
      return describeStress(fault);
    case 'HTTPChaos':
      return describeHttp(fault);
    case 'PodEviction':
      return fault.targets.length === 1 ? 'an evicted pod' : 'evicted pods';
    case 'NodeDrain':
      return 'a drained node';
    default:
      return generic(fault);
  }
}

/** All faults of a run in one phrase. */
export function describeFaults(faults: readonly FaultRecord[]): string {
  const phrases = [...new Set(faults.map((fault) => describeFault(fault) + describeShare(fault)))];
  if (phrases.length === 0) return 'no fault';
  if (phrases.length === 1) return phrases[0] ?? '';
  return `${phrases.slice(0, -1).join(', ')} and ${phrases.at(-1) ?? ''}`;
}

/** ` (1 of 3 behind shop/orders)`, of the services that it reaches in part. */
function describeShare({ shares = [] }: FaultRecord): string {
  const parts = shares.filter(({ hit, ready }) => hit < ready);
  if (parts.length === 0) return '';
  const texts = parts.map(
    ({ service, hit, ready }) => `${formatCount(hit)} of ${formatCount(ready)} behind ${service}`,
  );
  return ` (${texts.join(', ')})`;
}

/** The latency in ms that the fault adds to each exchange, where its manifest says so. */
export function injectedDelayMs(fault: FaultRecord): number | undefined {
  const spec = specOf(fault);
  if (fault.kind === 'NetworkChaos' && fault.action === 'delay')
    return readDuration(field(spec.delay, 'latency'));
  if (fault.kind === 'HTTPChaos') return readDuration(spec.delay);
  return undefined;
}

const POD_FAULTS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  'pod-kill': ['a killed pod', 'killed pods'],
  'pod-failure': ['a failed pod', 'failed pods'],
  'container-kill': ['a killed container', 'killed containers'],
};

function describePods(fault: FaultRecord, action: string): string {
  const words = POD_FAULTS[action];
  if (words === undefined) return generic(fault);
  return fault.targets.length > 1 ? words[1] : words[0];
}

function describeNetwork(fault: FaultRecord, action: string): string {
  const delayMs = injectedDelayMs(fault);
  if (action === 'delay' && delayMs !== undefined) return `${formatDuration(delayMs)} of delay`;
  if (action === 'partition') return 'a partition';
  const rate = field(specOf(fault).bandwidth, 'rate');
  if (action === 'bandwidth' && typeof rate === 'string') return `a bandwidth of ${rate}`;
  return generic(fault);
}

function describeStress(fault: FaultRecord): string {
  const stressors = specOf(fault).stressors;
  const kinds = ['cpu', 'memory'].filter((kind) => field(stressors, kind) !== undefined);
  const names = kinds.map((kind) => (kind === 'cpu' ? 'CPU' : kind));
  return names.length === 0 ? generic(fault) : `${names.join(' and ')} stress`;
}

function describeHttp(fault: FaultRecord): string {
  const spec = specOf(fault);
  const delayMs = injectedDelayMs(fault);
  const parts = [
    spec.abort === true ? 'aborted requests' : undefined,
    delayMs === undefined ? undefined : `${formatDuration(delayMs)} of delay`,
    spec.replace === undefined
      ? undefined
      : `replaced ${spec.target === 'Request' ? 'requests' : 'responses'}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? generic(fault) : parts.join(' and ');
}

function generic(fault: FaultRecord): string {
  return fault.action === null ? fault.kind : `${fault.kind} ${fault.action}`;
}

function specOf(fault: FaultRecord): Readonly<Record<string, unknown>> {
  const spec = fault.manifest.spec;
  return isRecord(spec) ? spec : {};
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
