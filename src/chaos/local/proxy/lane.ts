import type { Socket } from 'node:net';
import { createDelayLine, type Hold, type Parcel } from './delay-line.js';
import type { BandwidthState, PartitionState } from './rule-states.js';
import type { Timers } from './timers.js';

/** The faults of one direction. */
export interface LaneFaults {
  readonly bandwidths: readonly BandwidthState[];
  readonly partitions: readonly PartitionState[];
}

/** One direction of a connection: from a socket that is read to one that is written. */
export interface Lane {
  /** Sends on, now or when the holds, the faults and the reader let it. */
  readonly pass: (parcel: Parcel, holds: readonly Hold[]) => void;
  /** Until then everything is held. */
  connect(sink: Socket): void;
  setFaults(faults: LaneFaults): void;
  /** Looks again at what is held: a rule may have gone. */
  pump(): void;
  /** From now on nothing arrives any more: what is held and what comes is dropped. */
  discard(): void;
}

export interface LaneEvents {
  /** The other end was reset, and everything before that has gone through. */
  reset(): void;
  written(bytes: number): void;
}

/** What a lane holds at most before its source is no longer read, as a window of TCP would end a sender's flight. */
const MOST_HELD = 1024 * 1024;
const READ_AGAIN_BELOW = MOST_HELD / 2;

export function createLane(source: Socket, timers: Timers, events: LaneEvents): Lane {
  const line = createDelayLine();
  let faults = NO_LANE_FAULTS;
  let sink: Socket | undefined;
  let isSinkFull = false;
  let isPaused = false;
  let isDead = false;
  let armed: { readonly dueMs: number; readonly callOff: () => void } | undefined;

  const lane: Lane & { turn(): void } = {
    pass(parcel, holds) {
      if (isDead) return;
      const isPlain = holds.length === 0 && line.isEmpty && faults === NO_LANE_FAULTS && !isSinkFull;
      if (isPlain && sink !== undefined && Buffer.isBuffer(parcel)) {
        write(sink, parcel);
        if (isSinkFull) steer();
        return;
      }
      if (Buffer.isBuffer(parcel)) for (const state of faults.partitions) state.bytesHeld += parcel.length;
      line.push(parcel, holds, timers.nowMs());
      pump();
    },
    connect(to) {
      sink = to;
      to.on('drain', () => {
        isSinkFull = false;
        pump();
        steer();
      });
      pump();
    },
    setFaults(next) {
      const slowest = faults.bandwidths[0];
      if (slowest !== next.bandwidths[0]) slowest?.shaper.leave(lane);
      for (const state of next.partitions) {
        if (!faults.partitions.includes(state)) state.bytesHeld += line.bytes;
      }
      faults = next.bandwidths.length + next.partitions.length === 0 ? NO_LANE_FAULTS : next;
      pump();
    },
    pump,
    turn: pump,
    discard() {
      isDead = true;
      faults.bandwidths[0]?.shaper.leave(lane);
      armed?.callOff();
      line.clear();
      steer();
    },
  };

  function pump(): void {
    if (isDead || line.isEmpty) return;
    const dueMs = line.ripen(timers.nowMs());
    arm(dueMs);
    while (sink !== undefined && !isSinkFull && faults.partitions.length === 0) {
      const parcel = line.first();
      if (parcel === undefined || !send(sink, parcel)) break;
    }
    steer();
  }

  /** Returns whether anything could be sent. */
  function send(to: Socket, parcel: Parcel): boolean {
    if (!Buffer.isBuffer(parcel)) {
      line.shift();
      if (parcel === 'end') to.end();
      else events.reset();
      return true;
    }
    const shaper = faults.bandwidths[0]?.shaper;
    const bytes = shaper === undefined ? parcel.length : shaper.grant(lane, parcel.length);
    if (bytes === 0) return false;
    write(to, line.take(bytes));
    const hasWaited = shaper?.spend(bytes) === true;
    for (const state of faults.bandwidths) state.bytesPassed += bytes;
    if (hasWaited && faults.bandwidths[0] !== undefined) faults.bandwidths[0].bytesThrottled += bytes;
    return true;
  }

  function write(to: Socket, bytes: Buffer): void {
    events.written(bytes.length);
    if (!to.write(bytes)) isSinkFull = true;
  }

  function arm(dueMs: number | undefined): void {
    if (dueMs === armed?.dueMs) return;
    armed?.callOff();
    armed = undefined;
    if (dueMs === undefined) return;
    const callOff = timers.at(dueMs, () => {
      armed = undefined;
      pump();
    });
    armed = { dueMs, callOff };
  }

  /** Reads the source, or lets it wait. */
  function steer(): void {
    const isFull = !isDead && (isSinkFull || line.cost >= (isPaused ? READ_AGAIN_BELOW : MOST_HELD));
    if (isFull === isPaused) return;
    isPaused = isFull;
    if (isFull) source.pause();
    else source.resume();
  }

  return lane;
}

const NO_LANE_FAULTS: LaneFaults = { bandwidths: [], partitions: [] };
