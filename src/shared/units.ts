/** A text that is no quantity of the kind asked for; the message says what would be one. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
}

const DURATION_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PER_SECOND: Readonly<Record<string, number>> = { s: 1, m: 1 / 60, h: 1 / 3600 };
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  K: 1e3,
  KB: 1e3,
  KiB: 1024,
  M: 1e6,
  MB: 1e6,
  MiB: 1024 ** 2,
  G: 1e9,
  GB: 1e9,
  GiB: 1024 ** 3,
};

/**
 * `200ms`, `1.5s`, `1m30s`, as Go and Chaos Mesh write them. Returns milliseconds.
 * @throws {UnitError}
 */
export function parseDuration(text: string): number {
  const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/y;
  let totalMs = 0;
  let at = 0;
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  while (at < trimmed.length) {
    part.lastIndex = at;
    const match = part.exec(trimmed);
    if (!match) break;
    totalMs += Number(match[1]) * (DURATION_MS[match[2] ?? ''] ?? Number.NaN);
    at = part.lastIndex;
  }
  if (trimmed === '' || at < trimmed.length) throw new UnitError(durationHint(trimmed));
  return totalMs;
}

function durationHint(text: string): string {
  return /^\d+(\.\d+)?$/.test(text)
    ? `a duration needs a unit (${text}ms, ${text}s)`
    : 'not a duration; write it like 200ms, 1.5s or 1m30s';
}

/** The same of a value in a manifest that nobody has checked; undefined where it is no duration. */
export function readDuration(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return parseDuration(value);
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

/** `100/s`, `6000/m`. Returns events per second. @throws {UnitError} */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(s|m|h)$/.exec(text.trim());
  if (!match) throw new UnitError('not a rate; write it like 100/s or 6000/m');
  return Number(match[1]) * (PER_SECOND[match[2] ?? ''] ?? Number.NaN);
}

/** `1%`, `0.1 %`. Returns a share of 1. @throws {UnitError} */
export function parsePercentage(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (!match) throw new UnitError('not a percentage; write it like 1% or 0.1%');
  return Number(match[1]) / 100;
}

/** `256MB`, `1GiB`. Returns bytes. @throws {UnitError} */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|K|KB|KiB|M|MB|MiB|G|GB|GiB)$/.exec(text.trim());
  if (!match) throw new UnitError('not a size; write it like 256MB or 1GiB');
  return Number(match[1]) * (BYTES[match[2] ?? ''] ?? Number.NaN);
}

/** Milliseconds for people: `0.4 ms`, `214 ms`, `1.25 s`, `1m 30s`. */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${trimZeros(ms.toFixed(2))} ms`;
  if (ms < 100) return `${trimZeros(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${trimZeros((ms / 1000).toFixed(2))} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1000);
  return seconds === 60 ? `${minutes + 1}m` : seconds === 0 ? `${minutes}m` : `${minutes}m ${seconds}s`;
}

/** A share of 1 for people: `0.25 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 10 ? trimZeros(percent.toFixed(1)) : trimZeros(percent.toPrecision(2))} %`;
}

/** Events per second for people: `99.8/s`. */
export function formatRate(perSecond: number): string {
  return `${trimZeros(perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1))}/s`;
}

/** A whole number with thin grouping: `3,000`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
