import type { Finding } from '../../../shared/finding.js';
import { createFieldReader, type FieldReader, type Fields } from './field-reader.js';
import type { ParsedFault } from './parsed-fault.js';
import { parseTcRate } from './parse-tc-rate.js';
import type { BandwidthFault, DelayFault, PartitionFault } from './proxy-rule.js';

type NetworkFault = DelayFault | BandwidthFault | PartitionFault;

const ACTIONS = ['delay', 'bandwidth', 'partition'] as const;
/** What Chaos Mesh knows beside those, each with what a TCP proxy lacks for it. */
const BEYOND: Readonly<Record<string, string>> = {
  loss: 'a TCP proxy sees a stream, not the packets of which some would have to be lost',
  duplicate: 'a TCP proxy sees a stream, not the packets of which some would have to come twice',
  corrupt: 'changed bytes would reach the application here; on a network TCP drops and repeats them',
  netem: 'it mixes packet faults, which a TCP proxy cannot do',
  rate: 'the packet overhead of netem rates has no meaning in a stream; action bandwidth can be done',
};
const SPEC_FIELDS = [
  ...['action', 'mode', 'value', 'selector', 'duration', 'scheduler', 'remoteCluster', 'direction'],
  ...['target', 'externalTargets', 'device', 'targetDevice'],
  ...['delay', 'bandwidth', 'loss', 'duplicate', 'corrupt', 'rate'],
];

/** Reads the spec of a NetworkChaos; the selector, mode and value are the caller's. */
export function parseNetworkRule(spec: Fields): ParsedFault<NetworkFault> {
  const reader = createFieldReader();
  const warnings: Finding[] = [];
  reader.onlyKnown(spec, 'spec', SPEC_FIELDS);
  refuseOtherEnd(reader, spec);
  const direction = readDirection(reader, spec);
  const fault = readFault(reader, spec, direction, warnings);
  if (fault === undefined || reader.refusals.length > 0)
    return { status: 'refused', refusals: reader.refusals };
  return { status: 'parsed', fault, warnings };
}

function refuseOtherEnd(reader: FieldReader, spec: Fields): void {
  const reason = 'the proxy cannot tell one client of a service from another, so it cannot single out a peer';
  for (const name of ['target', 'externalTargets']) {
    if (isGiven(spec[name])) reader.needsCluster(`spec.${name}`, reason);
  }
  for (const name of ['device', 'targetDevice']) {
    if (isGiven(spec[name]))
      reader.needsCluster(`spec.${name}`, 'a local replica has no network device of its own');
  }
}

function readDirection(reader: FieldReader, spec: Fields): PartitionFault['direction'] {
  const direction = reader.text(spec, 'spec', 'direction') ?? 'to';
  if (direction === 'to' || direction === 'from' || direction === 'both') return direction;
  reader.invalid('spec.direction', `cannot read "${direction}": write to, from or both`);
  return 'to';
}

function readFault(
  reader: FieldReader,
  spec: Fields,
  direction: PartitionFault['direction'],
  warnings: Finding[],
): NetworkFault | undefined {
  const action = reader.text(spec, 'spec', 'action');
  if (action !== 'partition' && direction !== 'to') {
    reader.invalid('spec.direction', `"${direction}" needs a target unless the action is partition`);
  }
  switch (action) {
    case 'delay':
      return readDelay(reader, spec);
    case 'bandwidth':
      return readBandwidth(reader, spec, warnings);
    case 'partition':
      return { type: 'partition', direction };
    case undefined:
      reader.invalid('spec.action', `missing; the local environment knows ${ACTIONS.join(', ')}`);
      return undefined;
    default: {
      const reason = BEYOND[action];
      if (reason === undefined) reader.invalid('spec.action', `unknown action "${action}"`);
      else reader.needsCluster(`spec.action ${action}`, reason);
      return undefined;
    }
  }
}

function readDelay(reader: FieldReader, spec: Fields): DelayFault | undefined {
  const delay = reader.object(spec, 'spec', 'delay');
  if (delay === undefined) {
    reader.invalid('spec.delay', 'missing', 'write delay: {latency: 200ms}');
    return undefined;
  }
  reader.onlyKnown(delay, 'spec.delay', ['latency', 'jitter', 'correlation', 'reorder']);
  if (isGiven(delay.reorder)) {
    reader.needsCluster(
      'spec.delay.reorder',
      'a TCP proxy sees a stream, in which nothing can come out of order',
    );
  }
  const latencyMs = reader.durationMs(delay, 'spec.delay', 'latency');
  if (latencyMs === undefined && delay.latency === undefined) {
    reader.invalid('spec.delay.latency', 'missing', 'write latency: 200ms');
  }
  const jitterMs = reader.durationMs(delay, 'spec.delay', 'jitter') ?? 0;
  const correlation = reader.percent(delay, 'spec.delay', 'correlation') ?? 0;
  return latencyMs === undefined ? undefined : { type: 'delay', latencyMs, jitterMs, correlation };
}

function readBandwidth(reader: FieldReader, spec: Fields, warnings: Finding[]): BandwidthFault | undefined {
  const bandwidth = reader.object(spec, 'spec', 'bandwidth');
  if (bandwidth === undefined) {
    reader.invalid(
      'spec.bandwidth',
      'missing',
      'write bandwidth: {rate: 1mbps, limit: 20971520, buffer: 10000}',
    );
    return undefined;
  }
  reader.onlyKnown(bandwidth, 'spec.bandwidth', ['rate', 'limit', 'buffer', 'peakrate', 'minburst']);
  const bytesPerSecond = readRate(reader, bandwidth);
  const burstBytes = reader.whole(bandwidth, 'spec.bandwidth', 'buffer', 1, 2 ** 32 - 1);
  if (burstBytes === undefined && bandwidth.buffer === undefined) {
    reader.invalid(
      'spec.bandwidth.buffer',
      'missing',
      'write how many bytes may pass at once: buffer: 10000',
    );
  }
  const limit = reader.whole(bandwidth, 'spec.bandwidth', 'limit', 1, 2 ** 32 - 1);
  if (limit === undefined && bandwidth.limit === undefined) {
    reader.invalid('spec.bandwidth.limit', 'missing; Chaos Mesh would refuse it', 'write limit: 20971520');
  }
  for (const name of ['peakrate', 'minburst']) {
    if (isGiven(bandwidth[name]) && bandwidth[name] !== 0)
      warnings.push(withoutEffect(`spec.bandwidth.${name}`));
  }
  if (bytesPerSecond === undefined || burstBytes === undefined) return undefined;
  return { type: 'bandwidth', bytesPerSecond, burstBytes };
}

function readRate(reader: FieldReader, bandwidth: Fields): number | undefined {
  const text = reader.text(bandwidth, 'spec.bandwidth', 'rate');
  if (text === undefined) {
    if (bandwidth.rate === undefined) reader.invalid('spec.bandwidth.rate', 'missing', 'write rate: 1mbps');
    return undefined;
  }
  const rate = parseTcRate(text);
  if (rate !== undefined && rate > 0) return rate;
  const hint = 'write a whole number with bps, kbps, mbps, gbps (bytes) or bit, kbit, mbit, gbit (bits)';
  reader.invalid('spec.bandwidth.rate', `cannot read "${text}": ${hint}`);
  return undefined;
}

function withoutEffect(path: string): Finding {
  return {
    severity: 'warning',
    code: 'field-without-effect',
    message: `${path} has no effect in the local environment: its proxy shapes by rate and buffer alone`,
    remedy: '',
  };
}

function isGiven(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
  );
}
