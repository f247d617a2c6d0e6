import type { EpochMs } from '../../shared/time.js';
import type { BenchmarkReading, Better } from '../benchmark.js';
import { parseBenchLine } from './parse-bench-line.js';

/** What the output of a test binary tells, in its order. */
export type BenchEvent =
  /** The name of a benchmark was printed: its rounds begin. */
  | { readonly kind: 'begun'; readonly atMs: EpochMs }
  | { readonly kind: 'reading'; readonly reading: BenchmarkReading }
  | { readonly kind: 'config'; readonly key: string; readonly value: string }
  | { readonly kind: 'unit'; readonly unit: string; readonly better: Better }
  | { readonly kind: 'failed' | 'skipped'; readonly name: string; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly line: string };

export interface BenchOutput {
  /** Takes the next bytes, cut anywhere, and when they were read. */
  push(bytes: Uint8Array, atMs: EpochMs): readonly BenchEvent[];
  /** Nothing comes any more. */
  end(): readonly BenchEvent[];
}

/** Lines that are longer are no benchmark's. */
const LONGEST_LINE = 64 * 1024;
const MOST_DETAIL = 5;

/**
 * Reads the standard output of a test binary that runs benchmarks. Go prints the name of a benchmark before its first
 * round and the result behind it after the last one, so that the two ends of a line are the two ends of the measuring.
 */
export function createBenchOutput(): BenchOutput {
  const decoder = new TextDecoder();
  let line = '';
  let lineStartMs: EpochMs = NaN;
  let hasBegun = false;
  let verdict: { kind: 'failed' | 'skipped'; name: string; detail: string[] } | undefined;

  /** What a benchmark said of its failure stands in the indented lines behind it. */
  const closeVerdict = (events: BenchEvent[]): void => {
    if (verdict === undefined) return;
    events.push({ ...verdict, detail: verdict.detail.join('\n') });
    verdict = undefined;
  };
  const takeLine = (endMs: EpochMs, events: BenchEvent[]): void => {
    const whole = line;
    line = '';
    hasBegun = false;
    if (verdict !== undefined && /^\s/.test(whole)) {
      if (verdict.detail.length < MOST_DETAIL) verdict.detail.push(whole.trim());
      return;
    }
    const parsed = parseBenchLine(whole);
    switch (parsed.kind) {
      case 'result': {
        const { name, procs, iterations, values } = parsed;
        const reading = { name, procs, iterations, startMs: lineStartMs, endMs, values };
        events.push({ kind: 'reading', reading });
        break;
      }
      case 'config':
        events.push(parsed);
        break;
      case 'unit':
        if (parsed.better !== undefined)
          events.push({ kind: 'unit', unit: parsed.unit, better: parsed.better });
        break;
      case 'failed':
      case 'skipped':
        verdict = { kind: parsed.kind, name: parsed.name, detail: [] };
        break;
      case 'unreadable':
        events.push({ kind: 'unreadable', line: whole.slice(0, 200) });
        break;
      case 'other':
        break;
      default:
        parsed satisfies never;
    }
  };
  const takeText = (text: string, atMs: EpochMs): readonly BenchEvent[] => {
    const events: BenchEvent[] = [];
    text.split('\n').forEach((piece, index) => {
      if (index > 0) takeLine(atMs, events);
      if (piece === '') return;
      if (line === '') {
        lineStartMs = atMs;
        if (!/^\s/.test(piece)) closeVerdict(events);
      }
      if (line.length < LONGEST_LINE) line += piece;
      if (!hasBegun && /^Benchmark\S*\s/.test(line)) {
        hasBegun = true;
        events.push({ kind: 'begun', atMs: lineStartMs });
      }
    });
    return events;
  };

  return {
    push: (bytes, atMs) => takeText(decoder.decode(bytes, { stream: true }), atMs),
    end: () => {
      // A line without its end was cut off in the middle: it is no result.
      const events: BenchEvent[] = [];
      closeVerdict(events);
      return events;
    },
  };
}
