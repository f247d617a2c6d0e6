import { didYouMean } from '../shared/nearest-name.js';
import { parseDuration, UnitError } from '../shared/units.js';
import type { JudgedPhase, Objective } from './objective.js';
import { parseComparator } from './parse-indicator.js';
import { parseLimit } from './parse-limit.js';
import { refuseSenseless } from './parse-objective.js';
import type { Evaluation, PrometheusQuery, Reduction } from './prometheus-query.js';
import { describeQuery } from './prometheus-query.js';
import type { TextError } from './text-scanner.js';
import { readOrRefuse, refuse, scanText } from './text-scanner.js';

type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: TextError };

const NAMED = ['max', 'min', 'avg', 'last'] as const;
const KINDS = 'max, min, avg, last or p95 (any percentile)';
const MEANT: Readonly<Record<string, string>> = { mean: 'avg', average: 'avg', median: 'p50' };

/** Reads what the points of a phase become: `max`, `p95`. */
export function parseReduction(text: string): Parsed<Reduction> {
  return readOrRefuse(() => {
    const piece = scanText(text).rest();
    const kind = NAMED.find((name) => name === piece.text);
    if (kind !== undefined) return { kind };
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(piece.text);
    const percent = Number(percentile?.[1]);
    if (percentile !== null && percent > 0 && percent < 100) return { kind: 'percentile', percent };
    if (percentile !== null) refuse(piece, 'a percentile lies between 0 and 100; the largest value is "max"');
    const meant = Object.hasOwn(MEANT, piece.text) ? `; did you mean "${MEANT[piece.text] ?? ''}"?` : '';
    const hint = meant === '' ? didYouMean(piece.text, [...NAMED, 'p95', 'p99']) : meant;
    refuse(piece, `points are reduced to ${KINDS}${hint}`);
  });
}

/** Reads when an instant query is asked: `end`, or a time after the start of its phase. */
export function parseAt(text: string): Parsed<Extract<Evaluation, { kind: 'instant' }>['at']> {
  return readOrRefuse(() => {
    const piece = scanText(text).rest();
    if (piece.text === 'end') return 'end';
    try {
      return parseDuration(piece.text);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      refuse(piece, 'write "end", or a time after the start of the phase (10s)');
    }
  });
}

/** Reads `<= 0.9`, `<= 1.5x steady` as the limit of a query, and makes its objective. */
export function parsePrometheusLimit(
  text: string,
  query: PrometheusQuery,
  phase: JudgedPhase,
): Parsed<Objective> {
  return readOrRefuse(() => {
    const scanner = scanText(text);
    const comparator = parseComparator(scanner);
    const rest = scanner.rest();
    const limit = parseLimit(rest, 'plain');
    const indicator = { kind: 'prometheus', query } as const;
    refuseSenseless(indicator, limit, phase, rest);
    const written = `${describeQuery(query)} ${comparator} ${rest.text}`;
    return { text: written, indicator, tags: {}, comparator, limit };
  });
}
