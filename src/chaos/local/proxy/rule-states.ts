import type { HeldThing, Hold } from './delay-line.js';
import type { BandwidthFault, DelayFault, HttpFault, PartitionFault } from './proxy-rule.js';
import type { RuleDose } from './proxy-stats.js';
import type { Shaper } from './shaper.js';

interface State {
  readonly ruleId: string;
  readonly replicaUid: string;
  active: boolean;
}

/** A rule on one replica, and what it did there. */
export type RuleState = DelayState | BandwidthState | PartitionState | HttpState;

export interface DelayState extends State {
  readonly type: 'delay';
  held(what: HeldThing, addedMs: number): void;
  fault: DelayFault;
  draw: () => number;
  chunks: number;
  connections: number;
  addedMs: number;
}

export interface BandwidthState extends State {
  readonly type: 'bandwidth';
  fault: BandwidthFault;
  shaper: Shaper;
  bytesPassed: number;
  bytesThrottled: number;
}

export interface PartitionState extends State {
  readonly type: 'partition';
  fault: PartitionFault;
  connectionsHeld: number;
  bytesHeld: number;
}

export interface HttpState extends State {
  readonly type: 'http';
  held(what: HeldThing, addedMs: number): void;
  fault: HttpFault;
  messagesSeen: number;
  aborted: number;
  delayed: number;
  addedMs: number;
  replaced: number;
  patched: number;
  connectionsUnread: number;
}

export function delayState(
  ruleId: string,
  replicaUid: string,
  fault: DelayFault,
  draw: () => number,
): DelayState {
  return {
    ...{ type: 'delay', ruleId, replicaUid, fault, draw, active: true },
    ...{ chunks: 0, connections: 0, addedMs: 0 },
    held(what: HeldThing, addedMs: number) {
      if (what === 'close') return; // the end of a stream is held with its bytes, but is none of them
      if (what === 'connection') this.connections += 1;
      else this.chunks += 1;
      this.addedMs += addedMs;
    },
  };
}

/** Draws from each rule how long it holds the next thing. */
export function holdsBy(rules: readonly DelayState[], what: HeldThing): readonly Hold[] {
  return rules.map((rule) => ({ rule, ms: rule.draw(), what }));
}

export function bandwidthState(
  ruleId: string,
  replicaUid: string,
  fault: BandwidthFault,
  shaper: Shaper,
): BandwidthState {
  return {
    ...{ type: 'bandwidth', ruleId, replicaUid, fault, shaper, active: true },
    ...{ bytesPassed: 0, bytesThrottled: 0 },
  };
}

export function partitionState(ruleId: string, replicaUid: string, fault: PartitionFault): PartitionState {
  return { type: 'partition', ruleId, replicaUid, fault, active: true, connectionsHeld: 0, bytesHeld: 0 };
}

export function httpState(ruleId: string, replicaUid: string, fault: HttpFault): HttpState {
  return {
    ...{ type: 'http', ruleId, replicaUid, fault, active: true, messagesSeen: 0, aborted: 0 },
    ...{ delayed: 0, addedMs: 0, replaced: 0, patched: 0, connectionsUnread: 0 },
    held(_what: HeldThing, addedMs: number) {
      this.delayed += 1;
      this.addedMs += addedMs;
    },
  };
}

export function doseOf(state: RuleState): RuleDose {
  const { ruleId, replicaUid, active } = state;
  const dose = { ruleId, replicaUid, active };
  switch (state.type) {
    case 'delay': {
      const { chunks, connections, addedMs } = state;
      return {
        ...{ ...dose, type: state.type, chunksDelayed: chunks, connectionsDelayed: connections },
        meanAddedMs: mean(addedMs, chunks + connections),
      };
    }
    case 'bandwidth': {
      const { type, bytesPassed, bytesThrottled } = state;
      return { ...dose, type, bytesPassed, bytesThrottled };
    }
    case 'partition': {
      const { type, connectionsHeld, bytesHeld } = state;
      return { ...dose, type, connectionsHeld, bytesHeld };
    }
    case 'http': {
      const { type, messagesSeen, aborted, delayed, replaced, patched, addedMs, connectionsUnread } = state;
      const meanAddedMs = mean(addedMs, delayed);
      return {
        ...{ ...dose, type, messagesSeen, aborted, delayed, replaced, patched },
        ...{ meanAddedMs, connectionsUnread },
      };
    }
    default:
      return state satisfies never;
  }
}

function mean(total: number, count: number): number {
  return count === 0 ? 0 : total / count;
}
