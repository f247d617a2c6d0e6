import type { EpochMs } from '../../../shared/time.js';

/** What travels in one direction of a connection: bytes, or its end. */
export type Parcel = Buffer | 'end' | 'reset';

export type HeldThing = 'chunk' | 'connection' | 'message' | 'close';

/** A rule that makes things wait. What still waits when the rule is no longer active goes on at once. */
export interface HoldingRule {
  readonly active: boolean;
  /** Told at the release, with the time from arrival to then. */
  held(what: HeldThing, addedMs: number): void;
}

export interface Hold {
  readonly rule: HoldingRule;
  readonly ms: number;
  readonly what: HeldThing;
}

/** Gives parcels back in the order in which they came, none before its time. */
export interface DelayLine {
  push(parcel: Parcel, holds: readonly Hold[], nowMs: EpochMs): void;
  /** Lets everything go that is due, and what waited behind it. Returns when the next one will be. */
  ripen(nowMs: EpochMs): EpochMs | undefined;
  /** The first of those that may go. */
  first(): Parcel | undefined;
  shift(): void;
  /** Takes that many bytes off the first. */
  take(bytes: number): Buffer;
  clear(): void;
  readonly isEmpty: boolean;
  readonly bytes: number;
  /** Bytes, with what each parcel takes beside its own. */
  readonly cost: number;
}

interface Waiting {
  readonly parcel: Parcel;
  readonly holds: readonly Hold[];
  readonly arrivedMs: EpochMs;
}

/** About what a parcel's objects take: a stream of single bytes must not grow the memory unseen. */
const PARCEL_COST = 256;

export function createDelayLine(): DelayLine {
  let waiting: Waiting[] = [];
  let ripe: Parcel[] = [];
  let bytes = 0;

  return {
    push(parcel, holds, nowMs) {
      bytes += sizeOf(parcel);
      if (holds.length === 0 && waiting.length === 0) ripe.push(parcel);
      else waiting.push({ parcel, holds, arrivedMs: nowMs });
    },
    ripen(nowMs) {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const dueMs = dueOf(next.holds, next.arrivedMs);
        if (dueMs > nowMs) return dueMs;
        waiting.shift();
        release(next.holds, nowMs - next.arrivedMs);
        ripe.push(next.parcel);
      }
      return undefined;
    },
    first: () => ripe[0],
    shift() {
      const parcel = ripe.shift();
      if (parcel !== undefined) bytes -= sizeOf(parcel);
    },
    take(count) {
      const first = ripe[0];
      if (!Buffer.isBuffer(first)) throw new Error('there are no bytes to take');
      bytes -= Math.min(count, first.length);
      if (count >= first.length) ripe.shift();
      else ripe[0] = first.subarray(count);
      return first.subarray(0, count);
    },
    clear() {
      waiting = [];
      ripe = [];
      bytes = 0;
    },
    get isEmpty() {
      return waiting.length === 0 && ripe.length === 0;
    },
    get bytes() {
      return bytes;
    },
    get cost() {
      return bytes + (waiting.length + ripe.length) * PARCEL_COST;
    },
  };
}

/** When something with these holds may go; those of rules that are no longer active count for nothing. */
export function dueOf(holds: readonly Hold[], arrivedMs: EpochMs): EpochMs {
  let dueMs = arrivedMs;
  for (const { rule, ms } of holds) if (rule.active) dueMs += ms;
  return dueMs;
}

/** Tells each rule what it added: the time that passed, less what the other rules meant to add. */
export function release(holds: readonly Hold[], passedMs: number): void {
  let meantMs = 0;
  for (const { rule, ms } of holds) if (rule.active) meantMs += ms;
  for (const { rule, ms, what } of holds) {
    const othersMs = meantMs - (rule.active ? ms : 0);
    rule.held(what, Math.max(0, passedMs - othersMs));
  }
}

function sizeOf(parcel: Parcel): number {
  return Buffer.isBuffer(parcel) ? parcel.length : 0;
}
