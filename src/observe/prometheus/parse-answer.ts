import { parseJson } from '../../shared/parse-json.js';
import type { MetricSeries } from '../metric-source.js';

/** What the server answered: its data, its complaint, or nothing that Prometheus would say. */
export type ParsedAnswer =
  | { readonly kind: 'data'; readonly series: readonly MetricSeries[] }
  | { readonly kind: 'error'; readonly type: string; readonly message: string }
  | { readonly kind: 'other' };

type Fields = Readonly<Record<string, unknown>>;

/** Reads the body of an answer of the HTTP API (`/api/v1/query` and `/api/v1/query_range`). */
export function parseAnswer(body: string): ParsedAnswer {
  const answer = asFields(parseJson(body));
  if (answer?.status === 'error') {
    return { kind: 'error', type: textOf(answer.errorType), message: textOf(answer.error) };
  }
  const data = asFields(answer?.data);
  if (answer?.status !== 'success' || data === undefined) return { kind: 'other' };
  const { resultType, result } = data;
  switch (resultType) {
    case 'matrix':
    case 'vector':
      return Array.isArray(result) ? { kind: 'data', series: result.map(readSeries) } : { kind: 'other' };
    case 'scalar':
      return { kind: 'data', series: [{ labels: {}, points: readPoint(result) }] };
    default:
      return { kind: 'other' };
  }
}

/** A series of a vector has one `value`, one of a matrix a list of `values`. */
function readSeries(found: unknown): MetricSeries {
  const { metric, value, values } = asFields(found) ?? {};
  const pairs: readonly unknown[] = Array.isArray(values) ? values : [value];
  const labels = Object.entries(asFields(metric) ?? {}).map(([name, text]) => [name, textOf(text)]);
  return {
    labels: Object.fromEntries(labels) as Record<string, string>,
    points: pairs.flatMap(readPoint),
  };
}

/** `[1700000000.123, "0.5"]`: seconds, and the number as a text. */
function readPoint(pair: unknown): MetricSeries['points'] {
  if (!Array.isArray(pair)) return [];
  const [seconds, text] = pair as readonly unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string') return [];
  return [{ atMs: Math.round(seconds * 1000), value: readNumber(text) }];
}

function readNumber(text: string): number {
  switch (text) {
    case '+Inf':
      return Infinity;
    case '-Inf':
      return -Infinity;
    default:
      return Number(text);
  }
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
