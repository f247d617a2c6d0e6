import { messageOf, PlimsollError } from '../../../shared/errors.js';
import type { EpochMs } from '../../../shared/time.js';
import type { AppliedFault, DoseReading, Recovery } from '../../fault-injector.js';
import type { ProxyFault, ProxyRule } from '../proxy/proxy-rule.js';
import type { ProxyStats, RuleDose } from '../proxy/proxy-stats.js';
import { describeDose } from './describe-dose.js';
import { stillServes, type Chosen, type LocalWorld } from './local-world.js';
import { onceRecovered } from './once-recovered.js';
import { orAborted } from '../or-aborted.js';
import { proveProxyFault } from './prove-proxy-fault.js';
import { readDoses } from './read-doses.js';

const RECOVER_TRIES = 3;

/**
 * Puts a rule into the proxy for the instances that were chosen. One that is replaced loses it, as a new pod does.
 *
 * @param ruleId names the rule among all that the environment ever sets
 */
export function applyProxyFault(
  name: string,
  ruleId: string,
  fault: ProxyFault,
  targets: readonly Chosen[],
  world: LocalWorld,
): AppliedFault {
  const { clock, proxy, rules } = world;
  const rule: ProxyRule = { id: ruleId, replicaUids: targets.map(({ target }) => target.uid), fault };
  const setting = rules.add(rule).then(
    (atMs) => ({ status: 'set', atMs }) as const,
    (error: unknown) => ({ status: 'refused', error }) as const,
  );

  async function* dose(signal: AbortSignal): AsyncGenerator<DoseReading, void> {
    let before: readonly RuleDose[] = [];
    yield* readDoses(clock, signal, async () => {
      if (proxy.state.status === 'gone') return noDose(`the fault proxy ${proxy.state.how}`);
      let stats: ProxyStats;
      try {
        stats = await proxy.stats();
      } catch (error) {
        return noDose(`the fault proxy told nothing: ${messageOf(error)}`);
      }
      const now = stats.doses.filter((one) => one.ruleId === ruleId);
      const reading = readCoverage(targets, before, now);
      before = now;
      return reading;
    });
  }

  return {
    async injected(signal) {
      const set = await orAborted(setting, signal);
      if (set.status === 'refused') throw notInjected(name, messageOf(set.error), set.error);
      for (const chosen of targets) {
        if (!stillServes(chosen)) throw notInjected(name, `${chosen.target.uid} does not serve any more`);
      }
      const evidence = await proveProxyFault(rule, targets, world, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw notInjected(name, messageOf(error), error);
      });
      return { injectedAtMs: set.atMs, targets: targets.map(({ target }) => target), evidence };
    },
    dose,
    recover: onceRecovered(async () => {
      const requestedAtMs = clock.nowMs();
      await setting; // else it could come after its removal
      return await removeRule(rule, requestedAtMs, world);
    }),
  };
}

function noDose(detail: string): Omit<DoseReading, 'atMs'> {
  return { coverage: 0, detail };
}

function readCoverage(
  targets: readonly Chosen[],
  before: readonly RuleDose[],
  now: readonly RuleDose[],
): Omit<DoseReading, 'atMs'> {
  let carrying = 0;
  const details = targets.map((chosen) => {
    const { id, uid } = chosen.target;
    const isSame = (one: RuleDose): boolean => one.replicaUid === uid;
    const current = now.find(isSame);
    if (!stillServes(chosen)) return `${uid} is gone, and its fault with it`;
    if (current?.active !== true) return `${id} does not carry it`;
    carrying += 1;
    return `${describeDose(before.find(isSame), current)} on ${id}`;
  });
  return { coverage: carrying / targets.length, detail: details.join(', ') };
}

async function removeRule(rule: ProxyRule, requestedAtMs: EpochMs, world: LocalWorld): Promise<Recovery> {
  const { clock, proxy, rules } = world;
  let reason = '';
  for (let tries = 0; tries < RECOVER_TRIES; tries++) {
    if (proxy.state.status === 'gone') {
      const evidence = `the fault lived in the fault proxy alone, and that ${proxy.state.how}`;
      return { status: 'recovered', requestedAtMs, recoveredAtMs: clock.nowMs(), evidence };
    }
    try {
      const recoveredAtMs = await rules.remove(rule.id);
      const { doses } = await proxy.stats();
      const left = doses.filter(({ ruleId, active }) => ruleId === rule.id && active);
      if (left.length === 0) {
        const count = `${rule.replicaUids.length} of ${rule.replicaUids.length}`;
        const evidence = `the fault proxy took it off ${count}, and shows it no more`;
        return { status: 'recovered', requestedAtMs, recoveredAtMs, evidence };
      }
      reason = `the fault proxy still shows it on ${left.map(({ replicaUid }) => replicaUid).join(', ')}`;
    } catch (error) {
      reason = messageOf(error);
    }
  }
  // What was asked of it last may have been its end, whose notice is yet to come.
  const { state } = proxy;
  const remedy = state.status === 'running' ? `kill -9 ${state.pid}` : 'plimsoll sweep';
  return { status: 'unconfirmed', requestedAtMs, reason, remedy };
}

function notInjected(name: string, reason: string, cause?: unknown): PlimsollError {
  return new PlimsollError('FAULT_NOT_INJECTED', `the fault ${name} was not injected: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
