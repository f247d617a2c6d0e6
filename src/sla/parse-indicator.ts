import { didYouMean } from '../shared/nearest-name.js';
import { takeBenchmark } from './benchmarks/parse-benchmark.js';
import type { Comparator, Indicator } from './objective.js';
import type { Piece, TextScanner } from './text-scanner.js';
import { refuse } from './text-scanner.js';

const NAMED = ['mean', 'max', 'errors', 'availability', 'rate', 'dropped', 'recovery'] as const;
const EXAMPLES = ['p50', 'p90', 'p95', 'p99', 'p99.9', ...NAMED, 'metric', 'bench'];
const KINDS =
  'p95 (any percentile), mean, max, errors, availability, rate, dropped, recovery, metric("name") or bench("name", "unit")';
const TAGS = ['name'];

/** Reads the indicator at the front: `p99.9`, `errors`, `metric("queue")`. */
export function parseIndicator(scanner: TextScanner): {
  readonly indicator: Indicator;
  readonly piece: Piece;
} {
  const metric = scanner.take(/metric\s*\(\s*"([^"]*)"\s*\)/y);
  if (metric !== undefined) {
    const [name = ''] = metric.groups;
    if (name === '') refuse(metric, 'the metric has no name');
    return { indicator: { kind: 'metric', name }, piece: metric };
  }
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
  if (piece.text === 'metric') refuse(piece, 'a metric is named in brackets: metric("name")');
  if (piece.text === 'bench')
    refuse(piece, 'a benchmark is named in brackets: bench("BenchmarkSubmit", "ns/op")');
  const hint = didYouMean(piece.text, EXAMPLES);
  refuse(piece, `"${piece.text}" is no indicator${hint === '' ? `; there are ${KINDS}` : hint}`);
}

/** Reads `{name="POST /orders"}` where there is one. */
export function parseTags(scanner: TextScanner): Readonly<Record<string, string>> {
  const open = scanner.take(/\{/y);
  const tags: Record<string, string> = {};
  if (open === undefined) return tags;
  do {
    const key = scanner.take(/[^\s=}",]+/y);
    if (key === undefined) refuse(open, 'a tag is written like {name="POST /orders"}');
    if (!TAGS.includes(key.text)) {
      const hint = didYouMean(key.text, TAGS);
      refuse(
        key,
        `"${key.text}" is no tag${hint === '' ? '; requests are told apart by "name" alone' : hint}`,
      );
    }
    if (key.text in tags) refuse(key, `the tag "${key.text}" is there already`);
    const value = scanner.take(/=\s*"((?:[^"\\]|\\.)*)"/y);
    if (value === undefined) {
      refuse(key, `the value of a tag stands behind "=" in double quotes: {${key.text}="POST /orders"}`);
    }
    tags[key.text] = (value.groups[0] ?? '').replace(/\\(.)/g, '$1');
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
