import type { Better } from '../benchmark.js';

/** A line of the output of `go test -bench`, as far as anybody needs it. */
export type BenchLine =
  | {
      readonly kind: 'result';
      readonly name: string;
      readonly procs: number;
      readonly iterations: number;
      readonly values: readonly { readonly unit: string; readonly value: number }[];
    }
  | { readonly kind: 'config'; readonly key: string; readonly value: string }
  | { readonly kind: 'unit'; readonly unit: string; readonly better: Better | undefined }
  | { readonly kind: 'failed' | 'skipped'; readonly name: string }
  /** It begins as a result does, and is none. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'other' };

const RESULT = /^(Benchmark(?![a-z])\S*)\s+(\S.*)$/;
const VERDICT = /^(?:Benchmark\S*\s+)?--- (FAIL|SKIP): (Benchmark\S*)/;
const CONFIG = /^([a-z][^\sA-Z:]*):(?:\s+(.*))?$/;
const UNIT = /^Unit\s+(\S+)\s+(.+)$/;
const PROCS = /^(.+)-([1-9]\d*)$/;

/** Reads one line of the Go benchmark format: golang.org/design/14313-benchmark-format, golang.org/x/perf/benchfmt. */
export function parseBenchLine(line: string): BenchLine {
  const verdict = VERDICT.exec(line);
  if (verdict !== null) {
    const { name } = splitProcs(verdict[2] ?? '');
    return { kind: verdict[1] === 'FAIL' ? 'failed' : 'skipped', name };
  }
  const result = RESULT.exec(line);
  if (result !== null) return readResult(result[1] ?? '', (result[2] ?? '').trim().split(/\s+/));
  const unit = UNIT.exec(line);
  if (unit !== null) {
    const better = /(?:^|\s)better=(lower|higher)(?:\s|$)/.exec(unit[2] ?? '')?.[1];
    return { kind: 'unit', unit: unit[1] ?? '', better: better as Better | undefined };
  }
  const config = CONFIG.exec(line);
  if (config !== null) return { kind: 'config', key: config[1] ?? '', value: (config[2] ?? '').trim() };
  return { kind: 'other' };
}

function readResult(printed: string, [count = '', ...pairs]: readonly string[]): BenchLine {
  const iterations = Number(count);
  if (!/^\d+$/.test(count) || iterations < 1 || pairs.length === 0 || pairs.length % 2 !== 0) {
    return { kind: 'unreadable' };
  }
  const values: { unit: string; value: number }[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    const [text = '', unit = ''] = pairs.slice(at);
    const value = Number(text);
    // A benchmark that measured nothing may well report NaN: that is no reading of it.
    if (/^[+-]?(?:NaN|Inf)$/.test(text)) continue;
    if (!Number.isFinite(value)) return { kind: 'unreadable' };
    values.push({ unit, value });
  }
  return { kind: 'result', ...splitProcs(printed), iterations, values };
}

/** `BenchmarkSubmit/small-8`: the last number is GOMAXPROCS, which is left out where it is 1. */
function splitProcs(printed: string): { readonly name: string; readonly procs: number } {
  const parts = PROCS.exec(printed);
  return parts === null
    ? { name: printed, procs: 1 }
    : { name: parts[1] ?? printed, procs: Number(parts[2]) };
}
