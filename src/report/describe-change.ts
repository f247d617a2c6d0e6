import type { Result } from '../experiments/result-schema.js';
import { formatDuration } from '../shared/units.js';
import { injectedDelayMs } from './describe-fault.js';
import { formatRatio } from './format-reading.js';
import { findMeasurement } from './view-endpoints.js';

/**
 * What the fault did to the p95, in one line; undefined where either side was not measured. Where an only fault adds
 * a known delay, the amplification is given as well.
 */
export function describeChange(result: Result): string | undefined {
  const before = findMeasurement(result, 'steady')?.p95Ms ?? null;
  const after = findMeasurement(result, 'fault')?.p95Ms ?? null;
  if (before === null || after === null) return undefined;
  const line = `p95 steady ${formatDuration(before)} -> fault ${formatDuration(after)}`;
  const amplification = amplificationOf(result);
  if (amplification !== undefined) {
    const { indicator, addedMs, injectedMs, factor } = amplification;
    return `${line} (${indicator} ${signed(addedMs)} for +${formatDuration(injectedMs)} injected: amplification ${toTenths(factor)})`;
  }
  const ratio = formatRatio(before, after);
  return ratio === undefined ? line : `${line} (${ratio})`;
}

/** How much of an injected delay shows in the requests. */
export interface Amplification {
  readonly indicator: 'p50' | 'p95';
  readonly addedMs: number;
  readonly injectedMs: number;
  readonly factor: number;
}

/**
 * Latency added for each millisecond put in. 1 is a service that passes the delay on as it is; retries, several exchanges in
 * a row and new connections, which meet it twice, make it more. Read from the p50 where every target carries the fault;
 * where only some do, the typical request does not meet it, and the p95 is read.
 */
export function amplificationOf(result: Result): Amplification | undefined {
  const [fault, ...others] = result.faults;
  if (fault === undefined || others.length > 0) return undefined;
  const injectedMs = injectedDelayMs(fault);
  if (injectedMs === undefined || injectedMs <= 0) return undefined;
  const { spec } = fault.manifest;
  const isOnAll = (spec as { readonly mode?: unknown } | undefined)?.mode === 'all';
  const indicator = isOnAll ? 'p50' : 'p95';
  const [before, after] = (['steady', 'fault'] as const).map(
    (phase) => findMeasurement(result, phase)?.[`${indicator}Ms`] ?? null,
  );
  if (before === undefined || before === null || after === undefined || after === null) return undefined;
  const addedMs = after - before;
  return { indicator, addedMs, injectedMs, factor: addedMs / injectedMs };
}

/** Nothing at all reads 0.0, and not -0.0. */
function toTenths(factor: number): string {
  return (Math.round(factor * 10) / 10 + 0).toFixed(1);
}

function signed(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${formatDuration(Math.abs(ms))}`;
}
