import { didYouMean } from '../shared/nearest-name.js';
import { takeBenchmark } from './benchmarks/parse-benchmark.js';
import type { Comparator, Indicator } from './objective.js';
import { parseMetric } from './parse-metric.js';
import type { Piece, TextScanner } from './text-scanner.js';
import { refuse } from './text-scanner.js';

const NAMED = ['mean', 'max', 'errors', 'availability', 'rate', 'dropped', 'recovery'] as const;
const EXAMPLES = ['p50', 'p90', 'p95', 'p99', 'p99.9', ...NAMED, 'metric', 'check', 'bench'];
const KINDS =
  'p95 (any percentile), mean, max, errors, availability, rate, dropped, recovery, check("name"), metric("name", "p95") or bench("name", "unit")';

/** Reads the indicator at the front: `p99.9`, `errors`, `metric("queue_wait", "p95")`. */
export function parseIndicator(scanner: TextScanner): {
  readonly indicator: Indicator;
  readonly piece: Piece;
} {
  const metric = parseMetric(scanner);
  if (metric !== undefined) return metric;
  const benchmark = takeBenchmark(scanner);
  if (benchmark !== undefined) return benchmark;
  const piece = scanner.take(/[^\s{<>=≤≥!~()]+/y);
  if (piece === undefined) refuse(scanner.rest(), `an objective begins with what is read: ${KINDS}`);
  return { indicator: indicatorOf(piece), piece };
}

function indicatorOf(piece: Piece): Indicator {
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(piece.text);
  if (percentile !== null) {
    const percent = Number(percentile[1]);
    if (percent > 0 && percent < 100) return { kind: 'percentile', percent };
    refuse(piece, 'a percentile lies between 0 and 100; the largest value is "max"');
  }
  const kind = NAMED.find((name) => name === piece.text);
  if (kind !== undefined) return { kind };
  if (piece.text === 'metric') refuse(piece, 'a metric is named in brackets: metric("name", "p95")');
  if (piece.text === 'check') refuse(piece, 'a check is named in brackets: check("status is 201")');
  if (piece.text === 'bench')
    refuse(piece, 'a benchmark is named in brackets: bench("BenchmarkSubmit", "ns/op")');
  const hint = didYouMean(piece.text, EXAMPLES);
  refuse(piece, `"${piece.text}" is no indicator${hint === '' ? `; there are ${KINDS}` : hint}`);
}

/** Reads `{name="POST /orders", status=503}` where there is one. */
export function parseTags(scanner: TextScanner): Readonly<Record<string, string>> {
  const open = scanner.take(/\{/y);
  const tags: Record<string, string> = {};
  if (open === undefined) return tags;
  do {
    const key = scanner.take(/[^\s=}",]+/y);
    if (key === undefined) refuse(open, 'a tag is written like {name="POST /orders"}');
    if (key.text in tags) refuse(key, `the tag "${key.text}" is there already`);
    const value = scanner.take(/=\s*(?:"((?:[^"\\]|\\.)*)"|(\d+)(?=[\s,}]))/y);
    if (value === undefined) {
      refuse(key, `the value of a tag stands behind "=" in double quotes: {${key.text}="POST /orders"}`);
    }
    const [quoted = '', number = ''] = value.groups;
    tags[key.text] = number === '' ? quoted.replace(/\\(.)/g, '$1') : number;
  } while (scanner.take(/,/y) !== undefined);
  if (scanner.take(/\}/y) === undefined)
    refuse({ ...open, end: scanner.rest().start }, 'the tags have no closing "}"');
  return tags;
}

const COMPARATORS: Readonly<Record<string, Comparator>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '≤': '<=',
  '≥': '>=',
};

/** Reads `<=` and its like. */
export function parseComparator(scanner: TextScanner): Comparator {
  const piece = scanner.take(/[<>=!~≤≥]+/y);
  if (piece === undefined) {
    refuse(scanner.rest(), 'a comparator is missing: <, <=, > or >=');
  }
  const comparator = COMPARATORS[piece.text];
  if (comparator !== undefined) return comparator;
  const swapped = { '=<': '<=', '=>': '>=' }[piece.text];
  refuse(
    piece,
    swapped === undefined
      ? `"${piece.text}" is no comparator; there are <, <=, > and >=`
      : `"${piece.text}" is no comparator; did you mean "${swapped}"?`,
  );
}
