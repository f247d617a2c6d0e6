import { connect, type Socket } from 'node:net';
import { formatDuration } from '../../../shared/units.js';
import type { ProxyFault, ProxyRule } from '../proxy/proxy-rule.js';
import type { RuleDose } from '../proxy/proxy-stats.js';
import type { Chosen, LocalWorld } from './local-world.js';

/** A longer delay is not waited for: the proof of an injection has to be there in a moment. */
const MOST_WAITED_MS = 2000;
const MARGIN_MS = 3000;
const POLL_MS = 20;
/** The load takes its turns too, so that a round of probes may miss a replica. */
const PROBE_AGAIN_MS = 250;

/**
 * Proves that the proxy does what the rule says, by bare connections through the stable port where those feel the
 * fault, and by what the proxy counted. Returns the evidence in words; rejects where there is none.
 */
export async function proveProxyFault(
  rule: ProxyRule,
  targets: readonly Chosen[],
  world: LocalWorld,
  signal: AbortSignal,
): Promise<string> {
  const budgetMs = probeBudgetMs(rule.fault);
  const endsAtMs = world.clock.nowMs() + (budgetMs ?? 0);
  const probes: Socket[] = [];
  try {
    for (let nextProbesAtMs = 0; ;) {
      const doses = await activeDoses(rule, targets, world);
      const felt = doses.filter(isFelt);
      const nowMs = world.clock.nowMs();
      if (budgetMs === undefined || felt.length === doses.length || nowMs >= endsAtMs) {
        return describeProof(rule.fault, budgetMs === undefined ? undefined : felt, doses.length);
      }
      if (nowMs >= nextProbesAtMs) {
        probes.push(...probe(targets, world));
        nextProbesAtMs = nowMs + PROBE_AGAIN_MS;
      }
      await world.clock.sleep(POLL_MS, signal);
    }
  } finally {
    for (const socket of probes) socket.destroy();
  }
}

/** How long a bare connection needs to feel the fault; undefined: it feels nothing, or too late. */
function probeBudgetMs(fault: ProxyFault): number | undefined {
  switch (fault.type) {
    case 'delay': {
      const mostMs = fault.latencyMs + fault.jitterMs;
      return mostMs > MOST_WAITED_MS ? undefined : mostMs + MARGIN_MS;
    }
    case 'partition':
      return MARGIN_MS;
    case 'bandwidth':
    case 'http': // requests of ours would be among those that the service counts
      return undefined;
  }
}

async function activeDoses(
  rule: ProxyRule,
  targets: readonly Chosen[],
  { proxy }: LocalWorld,
): Promise<readonly RuleDose[]> {
  const { doses } = await proxy.stats();
  return targets.map(({ target }) => {
    const dose = doses.find((one) => one.ruleId === rule.id && one.replicaUid === target.uid);
    if (dose?.active !== true) throw new Error(`the fault proxy does not carry it for ${target.uid}`);
    return dose;
  });
}

function isFelt(dose: RuleDose): boolean {
  switch (dose.type) {
    case 'delay':
      return dose.chunksDelayed + dose.connectionsDelayed > 0;
    case 'partition':
      return dose.connectionsHeld > 0;
    case 'bandwidth':
      return dose.bytesPassed > 0;
    case 'http':
      return dose.messagesSeen > 0;
  }
}

/** One connection for each replica of the services concerned: the proxy gives each of them its turn. */
function probe(targets: readonly Chosen[], { places }: LocalWorld): readonly Socket[] {
  const services = new Set(targets.map(({ target }) => target.service));
  return places
    .filter(({ service }) => services.has(service))
    .map(({ port }) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined); // what it met is read from the proxy's counts
      socket.resume();
      return socket;
    });
}

function describeProof(fault: ProxyFault, felt: readonly RuleDose[] | undefined, count: number): string {
  const set = `set on ${count} of ${count}, as the fault proxy acknowledges`;
  if (felt === undefined) return `${describeRule(fault)} ${set}`;
  if (felt.length === 0) {
    throw new Error(
      'the fault proxy acknowledged it, but connections through the stable port did not meet it',
    );
  }
  const share = `${felt.length} of ${count}`;
  const rest = felt.length === count ? '' : ` (${set})`;
  const added = felt.flatMap((dose) => (dose.type === 'delay' ? [dose.meanAddedMs] : []));
  return fault.type === 'delay'
    ? `connect +${formatDuration(added.reduce((total, ms) => total + ms, 0) / added.length)} on ${share}${rest}`
    : `connections are held on ${share}${rest}`;
}

function describeRule(fault: ProxyFault): string {
  switch (fault.type) {
    case 'delay':
      return `+${formatDuration(fault.latencyMs)}`;
    case 'bandwidth':
      return `${fault.bytesPerSecond} bytes/s`;
    case 'partition':
      return 'partition';
    case 'http':
      return `HTTP ${fault.target} fault`;
  }
}
