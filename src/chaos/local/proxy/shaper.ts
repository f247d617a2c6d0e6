import type { BandwidthFault } from './proxy-rule.js';
import type { Timers } from './timers.js';
import { createTokenBucket } from './token-bucket.js';

/** Somebody with bytes to send. */
export interface Sender {
  /** Its turn has come. */
  turn(): void;
}

/** Shares one token bucket among the connections of a replica: those that must wait stand in line. */
export interface Shaper {
  /** How many of the wanted bytes may go now; 0 puts the sender in line. Whoever sends them says so with `spend`. */
  grant(sender: Sender, wantedBytes: number): number;
  /** Returns whether the bytes had to wait. */
  spend(bytes: number): boolean;
  leave(sender: Sender): void;
  close(): void;
}

const PIECE_MS = 2;
const PACKET_BYTES = 1500;

export function createShaper(fault: BandwidthFault, timers: Timers): Shaper {
  const bucket = createTokenBucket(fault, timers.nowMs());
  // One piece each, then to the end of the line: a long answer does not keep the others waiting.
  const pieceBytes = Math.min(
    bucket.sizeBytes,
    Math.max(PACKET_BYTES, Math.ceil((fault.bytesPerSecond / 1000) * PIECE_MS)),
  );
  const line = new Map<Sender, number>();
  let turnOf: Sender | undefined;
  let isServing = false;
  let callOff: (() => void) | undefined;

  function join(sender: Sender, piece: number): void {
    line.set(sender, piece);
    bucket.busy();
    schedule(piece);
  }

  function schedule(piece: number): void {
    if (isServing || callOff !== undefined) return;
    callOff = timers.at(bucket.readyAtMs(piece), serve);
  }

  function serve(): void {
    callOff = undefined;
    isServing = true;
    for (const [sender, piece] of line) {
      if (bucket.available(piece, timers.nowMs()) < piece) break;
      line.delete(sender);
      turnOf = sender;
      sender.turn();
      turnOf = undefined;
    }
    isServing = false;
    const [next] = line.values();
    if (next === undefined) bucket.idle(timers.nowMs());
    else schedule(next);
  }

  return {
    grant(sender, wantedBytes) {
      const piece = Math.min(wantedBytes, pieceBytes);
      const mayGo = turnOf === sender || line.size === 0;
      if (turnOf === sender) turnOf = undefined;
      if (mayGo && bucket.available(piece, timers.nowMs()) >= piece) return piece;
      if (!line.has(sender)) join(sender, piece);
      return 0;
    },
    spend(bytes) {
      bucket.spend(bytes);
      return isServing;
    },
    leave(sender) {
      line.delete(sender);
    },
    close() {
      callOff?.();
      callOff = undefined;
      line.clear();
    },
  };
}
