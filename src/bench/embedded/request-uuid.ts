import type { EpochMs } from '../../shared/time.js';

/**
 * A UUID for one request, of version 8 (RFC 9562: custom): the microsecond in which the load started, then the
 * request's number. Different within a load and between loads, and the same again for the same two.
 */
export function requestUuid(loadStartedAtMs: EpochMs, seq: number): string {
  const startedMs = Math.floor(loadStartedAtMs);
  const time = startedMs.toString(16).padStart(12, '0').slice(-12);
  const micros = Math.floor((loadStartedAtMs - startedMs) * 1000);
  const count = seq.toString(16).padStart(15, '0').slice(-15);
  return `${time.slice(0, 8)}-${time.slice(8)}-8${micros.toString(16).padStart(3, '0')}-8${count.slice(0, 3)}-${count.slice(3)}`;
}
