import type { EpochMs } from '../../../shared/time.js';

/** Says how many bytes may pass. It takes the time as an argument, and so has none of its own. */
export interface TokenBucket {
  /** How many of the wanted bytes may pass now. */
  available(wantedBytes: number, nowMs: EpochMs): number;
  spend(bytes: number): void;
  /** When that many bytes will be there, at most the bucket's size. */
  readyAtMs(bytes: number): EpochMs;
  /** What gathers from now on is kept in full until the next `idle`: somebody waits for it, and only the timer is late. */
  busy(): void;
  /** What gathers from now on is capped by the bucket's size. */
  idle(nowMs: EpochMs): void;
  readonly sizeBytes: number;
}

/** A packet; tc drops every one where the bucket is smaller. */
const PACKET_BYTES = 1500;
/** Node's timers come by the millisecond: what the rate gives in this time must fit. */
const LEAST_MS = 2;

/** Full at its start. A bucket that is smaller than a packet, or than 2 ms of its rate, counts as that much. */
export function createTokenBucket(
  { bytesPerSecond, burstBytes }: { readonly bytesPerSecond: number; readonly burstBytes: number },
  startMs: EpochMs,
): TokenBucket {
  const perMs = bytesPerSecond / 1000;
  const sizeBytes = Math.max(burstBytes, PACKET_BYTES, Math.ceil(perMs * LEAST_MS));
  let tokens = sizeBytes;
  let filledMs = startMs;
  let isBusy = false;

  function fill(nowMs: EpochMs): void {
    const gathered = tokens + Math.max(0, nowMs - filledMs) * perMs;
    tokens = isBusy ? gathered : Math.min(sizeBytes, gathered);
    filledMs = Math.max(filledMs, nowMs);
  }

  return {
    sizeBytes,
    available(wantedBytes, nowMs) {
      fill(nowMs);
      return Math.max(0, Math.min(wantedBytes, Math.floor(tokens)));
    },
    spend(bytes) {
      tokens -= bytes;
    },
    readyAtMs: (bytes) => filledMs + Math.max(0, (Math.min(bytes, sizeBytes) - tokens) / perMs),
    busy() {
      isBusy = true;
    },
    idle(nowMs) {
      fill(nowMs);
      isBusy = false;
    },
  };
}
