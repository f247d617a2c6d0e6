import type { Result } from '../experiments/result-schema.js';
import { formatDuration } from '../shared/units.js';
import { injectedDelayMs } from './describe-fault.js';
import { formatRatio } from './format-reading.js';
import { findMeasurement } from './view-endpoints.js';

/**
 * What the fault did to the p95, in one line; undefined where either side was not measured. Where an only fault adds
 * a known delay, the change is also given as a multiple of it: the amplification. 1 is a service that passes the
 * delay on as it is; retries and several exchanges in a row make it more.
 */
export function describeChange(result: Result): string | undefined {
  const before = findMeasurement(result, 'steady')?.p95Ms ?? null;
  const after = findMeasurement(result, 'fault')?.p95Ms ?? null;
  if (before === null || after === null) return undefined;
  const line = `p95 steady ${formatDuration(before)} -> fault ${formatDuration(after)}`;
  const amplification = amplificationOf(result);
  if (amplification !== undefined) {
    const { addedMs, injectedMs, factor } = amplification;
    return `${line} (${signed(addedMs)} for +${formatDuration(injectedMs)} injected: amplification ${factor.toFixed(1)})`;
  }
  const ratio = formatRatio(before, after);
  return ratio === undefined ? line : `${line} (${ratio})`;
}

/** How much of an injected delay shows in the p95. */
export interface Amplification {
  readonly addedMs: number;
  readonly injectedMs: number;
  readonly factor: number;
}

export function amplificationOf(result: Result): Amplification | undefined {
  const [fault, ...others] = result.faults;
  const before = findMeasurement(result, 'steady')?.p95Ms ?? null;
  const after = findMeasurement(result, 'fault')?.p95Ms ?? null;
  if (fault === undefined || others.length > 0 || before === null || after === null) return undefined;
  const injectedMs = injectedDelayMs(fault);
  if (injectedMs === undefined || injectedMs <= 0) return undefined;
  return { addedMs: after - before, injectedMs, factor: (after - before) / injectedMs };
}

function signed(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${formatDuration(Math.abs(ms))}`;
}
