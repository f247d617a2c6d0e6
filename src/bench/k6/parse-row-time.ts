import type { EpochMs } from '../../shared/time.js';

/**
 * Reads the times of k6's rows (RFC 3339, up to nanoseconds): `2026-11-23T06:10:59.18261992Z`. Date.parse stops at
 * milliseconds; and since many rows share a second, only its first one is parsed in full.
 */
export function createRowTimeParser(): (text: string) => EpochMs {
  let lastSecond = '';
  let lastZone = '';
  let lastMs = 0;
  return (text) => {
    const second = text.slice(0, 19);
    const zoneAt = zoneStart(text);
    const zone = text.slice(zoneAt);
    if (second !== lastSecond || zone !== lastZone) {
      lastMs = Date.parse(second + zone);
      lastSecond = second;
      lastZone = zone;
    }
    return zoneAt > 20 ? lastMs + Number(`0.${text.slice(20, zoneAt)}`) * 1000 : lastMs;
  };
}

function zoneStart(text: string): number {
  let at = 19;
  while (at < text.length && !'Z+-'.includes(text.charAt(at))) at += 1;
  return at;
}
