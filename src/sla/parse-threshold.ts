import type { ScriptThreshold } from '../bench/script-threshold.js';
import { nameOfStatistic } from './describe-metric.js';
import type { Comparator, IndicatorUnit, MetricStatistic, Objective } from './objective.js';

export type ParsedThreshold =
  { readonly ok: true; readonly objective: Objective } | { readonly ok: false; readonly reason: string };

const EXPRESSION =
  /^(avg|min|max|med|count|rate|value|p\((\d+(?:\.\d+)?)\))\s*(<=|>=|<|>|={2,3}|!=)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i;
const STATISTICS: Readonly<Record<string, MetricStatistic>> = {
  avg: { kind: 'mean' },
  min: { kind: 'min' },
  max: { kind: 'max' },
  med: { kind: 'percentile', percent: 50 },
  count: { kind: 'count' },
  rate: { kind: 'rate' },
  value: { kind: 'last' },
};
const COMPARATORS: readonly Comparator[] = ['<', '<=', '>', '>='];
/** Built-in metrics of which it is known before the run that they are shares. */
const RATES = ['checks', 'http_req_failed'];
/** Built-in metrics in milliseconds; a metric of the script may be in anything. */
const TIMES =
  /^(?:(?:http_req|grpc_req|ws|iteration|group|browser)_.*(?:duration|blocked|connecting|handshaking|sending|waiting|receiving))$/;

/** A threshold of a k6 script as an objective: `http_req_duration{name:x}` with `p(95)<300`. */
export function parseThreshold({ metric, expression }: ScriptThreshold): ParsedThreshold {
  const selected = /^([^{}]+)(?:\{(.*)\})?$/.exec(metric);
  const tags = selected?.[2] === undefined ? {} : readTags(selected[2]);
  const name = selected?.[1]?.trim() ?? '';
  if (name === '' || tags === undefined)
    return unreadable('its selector is not of the form metric{tag:value}');
  const match = EXPRESSION.exec(expression.trim());
  if (match === null) return unreadable('it is no comparison that Plimsoll knows');
  const [, word = '', percent, sign = '', number = ''] = match;
  const statistic: MetricStatistic | undefined =
    percent === undefined ? STATISTICS[word.toLowerCase()] : percentile(Number(percent));
  if (statistic === undefined) return unreadable('a percentile lies between 0 and 100');
  const value = Number(number);
  const unit = unitOf(name, statistic);
  const comparator = comparatorOf(sign, value, statistic);
  if (comparator === undefined) {
    return unreadable(
      `"${sign}" compares for equality, which no measured ${nameOfStatistic(statistic)} can be held to`,
    );
  }
  return {
    ok: true,
    objective: {
      text: `${metric}: ${expression}`,
      indicator: { kind: 'metric', name, statistic, unit },
      tags,
      comparator,
      limit: { kind: 'absolute', value },
      origin: 'threshold',
    },
  };
}

/** k6's percentiles go to 100, which is the maximum; p(0) is the minimum. */
function percentile(percent: number): MetricStatistic | undefined {
  if (percent === 0) return { kind: 'min' };
  if (percent === 100) return { kind: 'max' };
  return percent < 100 ? { kind: 'percentile', percent } : undefined;
}

/** None at all and all of them can be said by a border; any other equality cannot. */
function comparatorOf(sign: string, value: number, { kind }: MetricStatistic): Comparator | undefined {
  if (sign.startsWith('==')) {
    if (value === 0 && (kind === 'count' || kind === 'rate')) return '<=';
    return value === 1 && kind === 'rate' ? '>=' : undefined;
  }
  return COMPARATORS.find((one) => one === sign);
}

function unitOf(name: string, { kind }: MetricStatistic): IndicatorUnit {
  if (kind === 'rate') return RATES.includes(name) ? 'share' : 'plain';
  return kind !== 'count' && TIMES.test(name) ? 'ms' : 'plain';
}

/** `name:POST /orders, kind:a`: a value goes to the next comma, and may have colons in it. */
function readTags(text: string): Readonly<Record<string, string>> | undefined {
  const tags: Record<string, string> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf(':');
    if (at <= 0) return undefined;
    tags[part.slice(0, at).trim()] = part
      .slice(at + 1)
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
  }
  return tags;
}

function unreadable(reason: string): ParsedThreshold {
  return { ok: false, reason };
}
