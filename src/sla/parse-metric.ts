import { didYouMean } from '../shared/nearest-name.js';
import type { Indicator, IndicatorUnit, MetricIndicator, MetricStatistic } from './objective.js';
import type { Piece, TextScanner } from './text-scanner.js';
import { refuse } from './text-scanner.js';

/** Other words for the same, as k6 has them. */
const NAMED: Readonly<Record<string, MetricStatistic>> = {
  mean: { kind: 'mean' },
  avg: { kind: 'mean' },
  med: { kind: 'percentile', percent: 50 },
  min: { kind: 'min' },
  max: { kind: 'max' },
  last: { kind: 'last' },
  count: { kind: 'count' },
  rate: { kind: 'rate' },
};
const STATISTICS = ['p95 (any percentile)', 'mean', 'min', 'max', 'count', 'rate', 'last'].join(', ');
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/**
 * Reads `metric("queue_wait", "p95")`, `metric("orders")` or `check("status is 201")` where one stands there. Its unit is that
 * of its limit, and so not known yet.
 */
export function parseMetric(
  scanner: TextScanner,
): { readonly indicator: MetricIndicator; readonly piece: Piece } | undefined {
  const word = scanner.take(/(?:metric|check)(?=\s*\()/y);
  if (word === undefined) return undefined;
  const isCheck = word.text === 'check';
  scanner.take(/\(/y);
  const example = isCheck ? 'check("status is 201")' : 'metric("name")';
  const name = takeQuoted(scanner, word, `the name stands in double quotes: ${example}`);
  if (name.text === '') refuse(name.piece, isCheck ? 'the check has no name' : 'the metric has no name');
  const comma = isCheck ? undefined : scanner.take(/,/y);
  const statistic = comma === undefined ? undefined : takeStatistic(scanner, comma, name.text);
  const close = scanner.take(/\)/y);
  if (close === undefined) refuse({ ...word, end: name.piece.end }, 'the name has no closing ")"');
  const piece = { ...word, end: close.end };
  return {
    piece,
    indicator: isCheck
      ? { kind: 'metric', name: 'checks', check: name.text, statistic: { kind: 'rate' }, unit: 'share' }
      : { kind: 'metric', name: name.text, statistic: statistic ?? { kind: 'value' }, unit: 'plain' },
  };
}

function takeQuoted(
  scanner: TextScanner,
  before: Piece,
  message: string,
): { readonly text: string; readonly piece: Piece } {
  const piece = scanner.take(QUOTED);
  if (piece === undefined) refuse(before, message);
  return { text: (piece.groups[0] ?? '').replace(/\\(.)/g, '$1'), piece };
}

function takeStatistic(scanner: TextScanner, comma: Piece, name: string): MetricStatistic {
  const { text, piece } = takeQuoted(
    scanner,
    comma,
    `what of the metric is read stands in double quotes: metric("${name}", "p95")`,
  );
  const percentile = /^p(?:\((\d+(?:\.\d+)?)\)|(\d+(?:\.\d+)?))$/.exec(text);
  if (percentile !== null) {
    const percent = Number(percentile[1] ?? percentile[2]);
    if (percent > 0 && percent < 100) return { kind: 'percentile', percent };
    refuse(piece, 'a percentile lies between 0 and 100; the largest value is "max"');
  }
  const known = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
  if (known !== undefined) return known;
  const hint = didYouMean(text, ['p95', 'p99', ...Object.keys(NAMED)]);
  refuse(
    piece,
    `"${text}" is nothing that can be read of a metric${hint === '' ? `; there are ${STATISTICS}` : hint}`,
  );
}

/** The metric with the unit that its limit says: `300ms` is a time, `99%` a share, `50/s` a rate, `12.5` a number. */
export function withUnitOf(limit: Piece, indicator: Indicator, piece: Piece): Indicator {
  if (indicator.kind !== 'metric' || indicator.check !== undefined) return indicator;
  const unit = unitOfLimit(limit.text);
  const { statistic, name } = indicator;
  switch (statistic.kind) {
    case 'percentile':
    case 'mean':
    case 'min':
    case 'max':
    case 'last':
      if (unit === 'ms' || unit === 'plain') return { ...indicator, unit };
      return refuse(limit, 'such a reading is held against a time (300ms) or a number (12.5)');
    case 'count':
      if (unit === 'plain') return { ...indicator, unit };
      return refuse(limit, 'a count is held against a number (10)');
    case 'rate':
      if (unit === 'share' || unit === 'per-second' || isRelative(limit.text)) return { ...indicator, unit };
      return refuse(
        limit,
        'a rate is held against a share (99%, of a Rate) or a number per time (50/s, of a Counter)',
      );
    case 'value':
      if (unit !== 'ms') return { ...indicator, unit };
      return refuse(piece, `say what of its values is held against a time: metric("${name}", "p95")`);
  }
}

function unitOfLimit(text: string): IndicatorUnit {
  const amount = /^[a-z]+\s*[+-]\s*(.*)$/i.exec(text)?.[1] ?? text;
  if (/^[\d.]+\s*%$/.test(amount)) return 'share';
  if (/\/\s*[a-z]+$/i.test(amount)) return 'per-second';
  return /\d\s*(ns|us|µs|ms|s|m|h)$/.test(amount) ? 'ms' : 'plain';
}

function isRelative(text: string): boolean {
  return /\b(steady|baseline)\b/.test(text);
}
