import { isDeepStrictEqual } from 'node:util';
import { seededRandom } from '../../../shared/seeded-random.js';
import { createDelayDraw } from './draw-delay.js';
import type { ProxyFault, ProxyRule } from './proxy-rule.js';
import type { RuleDose } from './proxy-stats.js';
import {
  bandwidthState,
  delayState,
  doseOf,
  httpState,
  partitionState,
  type BandwidthState,
  type DelayState,
  type HttpState,
  type PartitionState,
  type RuleState,
} from './rule-states.js';
import { createShaper } from './shaper.js';
import type { Timers } from './timers.js';

/** The rules that are set on one replica now. */
export interface ReplicaFaults {
  readonly delays: readonly DelayState[];
  /** The slowest first: it is the one that shapes. */
  readonly bandwidths: readonly BandwidthState[];
  readonly partitions: readonly PartitionState[];
  readonly https: readonly HttpState[];
}

export interface RuleBook {
  set(rules: readonly ProxyRule[]): void;
  of(replicaUid: string): ReplicaFaults;
  doses(): readonly RuleDose[];
}

const NO_FAULTS: ReplicaFaults = { delays: [], bandwidths: [], partitions: [], https: [] };

/** Keeps every rule that was ever set with what it did; one that is set again goes on counting. */
export function createRuleBook(timers: Timers): RuleBook {
  const states = new Map<string, RuleState>();
  let byUid = new Map<string, ReplicaFaults>();

  function activate(id: string, uid: string, fault: ProxyFault): RuleState {
    const key = JSON.stringify([id, uid, fault.type]);
    const known = states.get(key);
    if (known?.active === true && isDeepStrictEqual(known.fault, fault)) return known;
    if (known !== undefined) end(known);
    const fresh = createState(id, uid, fault);
    // The counters go on, everything else starts anew.
    const state = known === undefined ? fresh : Object.assign(known, settingsOf(fresh));
    states.set(key, state);
    return state;
  }

  function createState(id: string, uid: string, fault: ProxyFault): RuleState {
    switch (fault.type) {
      case 'delay':
        return delayState(id, uid, fault, createDelayDraw(fault, seededRandom(`${id} ${uid}`)));
      case 'bandwidth':
        return bandwidthState(id, uid, fault, createShaper(fault, timers));
      case 'partition':
        return partitionState(id, uid, fault);
      case 'http':
        return httpState(id, uid, fault);
      default:
        return fault satisfies never;
    }
  }

  return {
    set(rules) {
      const before = [...states.values()].filter(({ active }) => active);
      const now = rules.flatMap(({ id, replicaUids, fault }) =>
        [...new Set(replicaUids)].map((uid) => activate(id, uid, fault)),
      );
      for (const state of before) if (!now.includes(state)) end(state);
      byUid = groupByUid(now);
    },
    of: (uid) => byUid.get(uid) ?? NO_FAULTS,
    doses: () => [...states.values()].map(doseOf),
  };
}

function end(state: RuleState): void {
  state.active = false;
  if (state.type === 'bandwidth') state.shaper.close();
}

function settingsOf(fresh: RuleState): Partial<RuleState> {
  switch (fresh.type) {
    case 'delay':
      return { active: true, fault: fresh.fault, draw: fresh.draw };
    case 'bandwidth':
      return { active: true, fault: fresh.fault, shaper: fresh.shaper };
    case 'partition':
      return { active: true, fault: fresh.fault };
    case 'http':
      return { active: true, fault: fresh.fault };
    default:
      return fresh satisfies never;
  }
}

function groupByUid(states: readonly RuleState[]): Map<string, ReplicaFaults> {
  const uids = new Set(states.map(({ replicaUid }) => replicaUid));
  return new Map(
    [...uids].map((uid) => {
      const own = states.filter(({ replicaUid }) => replicaUid === uid);
      return [
        uid,
        {
          delays: own.filter((state) => state.type === 'delay'),
          bandwidths: own
            .filter((state) => state.type === 'bandwidth')
            .sort((a, b) => a.fault.bytesPerSecond - b.fault.bytesPerSecond),
          partitions: own.filter((state) => state.type === 'partition'),
          https: own.filter((state) => state.type === 'http'),
        },
      ];
    }),
  );
}
