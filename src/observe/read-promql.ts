import { parseDuration, UnitError } from '../shared/units.js';
import type { DurationMs } from '../shared/time.js';

/** What can be told of a PromQL expression without a server. */
export interface PromqlShape {
  /**
   * Its selectors of series, without range: `http_requests_total{job="orders"}`. Those that look elsewhere by `offset`
   * or `@` are left out.
   */
  readonly selectors: readonly string[];
  /** How far before the moment at which it is evaluated it reads: `[1m]` 1 min, `[5m:10s]` of it 6 min. */
  readonly lookbackMs: DurationMs;
}

/** Source: the lexer of Prometheus (promql/parser/lex.go). */
const TOKEN =
  /\s+|#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\[[^\]]*\]|\{(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[^}"'`])*\}|[a-zA-Z_:][a-zA-Z0-9_:]*|\d[\w.]*|[^]/gy;
const WORDS = new Set([
  ...['by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'offset', 'and', 'or'],
  ...['unless', 'atan2', 'inf', 'nan'],
]);
const LISTS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

/** Reads what the expression selects. It takes a wrong one for what it looks like: the server is there to refuse it. */
export function readPromql(query: string): PromqlShape {
  const tokens = tokensOf(query);
  const selectors = new Set<string>();
  let longestMs = 0;
  let subqueriesMs = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (token.startsWith('[')) {
      const [range = '', ...resolution] = token.slice(1, -1).split(':');
      const ms = durationOf(range);
      if (resolution.length > 0) subqueriesMs += ms;
      else longestMs = Math.max(longestMs, ms);
      continue;
    }
    if (LISTS.has(token.toLowerCase()) && tokens[at + 1] === '(') {
      at = tokens.indexOf(')', at);
      if (at < 0) break;
      continue;
    }
    const selector = selectorAt(tokens, at);
    if (selector === undefined) continue;
    at += selector.length - 1;
    if (!isMoved(tokens, at + 1)) selectors.add(selector.join(''));
  }
  return { selectors: [...selectors], lookbackMs: longestMs + subqueriesMs };
}

function tokensOf(query: string): readonly string[] {
  return (query.match(TOKEN) ?? []).filter((token) => !/^(\s|#)/.test(token));
}

/** A name, matchers, or both, that are neither a function nor a word of the language. */
function selectorAt(tokens: readonly string[], at: number): readonly string[] | undefined {
  const token = tokens[at] ?? '';
  const next = tokens[at + 1] ?? '';
  if (token.startsWith('{')) return [token];
  if (!/^[a-zA-Z_:]/.test(token) || WORDS.has(token.toLowerCase()) || next === '(') return undefined;
  // `sum by (job) (...)`: an aggregation with its list in front.
  if (/^(by|without)$/i.test(next)) return undefined;
  return next.startsWith('{') ? [token, next] : [token];
}

function isMoved(tokens: readonly string[], at: number): boolean {
  const after = (tokens[at] ?? '').startsWith('[') ? at + 1 : at;
  return tokens[after] === '@' || tokens[after]?.toLowerCase() === 'offset';
}

/** Days, weeks and years are PromQL's own. */
function durationOf(text: string): DurationMs {
  const long = text.trim().replace(/(\d+)([dwy])/g, (_, count: string, unit: string) => {
    return `${Number(count) * (unit === 'd' ? 24 : unit === 'w' ? 168 : 8760)}h`;
  });
  try {
    return parseDuration(long);
  } catch (error) {
    if (error instanceof UnitError) return 0;
    throw error;
  }
}
