import { readFile } from 'node:fs/promises';
import { messageOf } from '../../shared/errors.js';
import type { DurationMs } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import type { MetricAnswer, MetricSource } from '../metric-source.js';
import { parseAnswer } from './parse-answer.js';

export interface PrometheusOptions {
  /** Where its HTTP API is, without `/api/v1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Read anew for each request, since tokens are renewed. */
  readonly bearerTokenFile?: string;
  readonly timeoutMs: DurationMs;
  readonly maxLagMs: DurationMs;
}

/** A Prometheus server, or anything that speaks its query API (Thanos, Mimir, VictoriaMetrics). */
export function createPrometheusSource(options: PrometheusOptions): MetricSource {
  const address = shownAddress(options.url);
  return {
    address,
    maxLagMs: options.maxLagMs,
    query: (query, atMs, signal) =>
      ask('query', { query, ...(atMs === undefined ? {} : { time: seconds(atMs) }) }, options, signal),
    queryRange: (query, { startMs, endMs, stepMs }, signal) =>
      ask(
        'query_range',
        { query, start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) },
        options,
        signal,
      ),
  };
}

async function ask(
  endpoint: 'query' | 'query_range',
  parameters: Readonly<Record<string, string>>,
  options: PrometheusOptions,
  signal: AbortSignal,
): Promise<MetricAnswer> {
  signal.throwIfAborted();
  const { timeoutMs } = options;
  const late = AbortSignal.timeout(timeoutMs);
  const address = shownAddress(options.url);
  const unreachable = (reason: string): MetricAnswer => ({
    status: 'unreachable',
    reason: `Prometheus at ${address} ${reason}`,
  });
  try {
    const token = await readToken(options.bearerTokenFile);
    const response = await fetch(`${options.url.replace(/\/+$/, '')}/api/v1/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      headers: {
        // Nothing is kept open for a server that is asked a few times in a run.
        connection: 'close',
        ...options.headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, late]),
    });
    const answer = parseAnswer(await response.text());
    if (answer.kind === 'data') return { status: 'answered', series: answer.series };
    if (answer.kind === 'error' && isAboutQuery(answer.type)) {
      return { status: 'refused', reason: answer.message };
    }
    if (answer.kind === 'error') return unreachable(`says: ${answer.message}`);
    return unreachable(describeStatus(response.status));
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return unreachable(`gave no answer within ${formatDuration(timeoutMs)}`);
    if (error instanceof UnreadableToken) return unreachable(`was not asked: ${error.message}`);
    return unreachable(`gives no answer: ${messageOf(causeOf(error))}`);
  }
}

class UnreadableToken extends Error {
  override readonly name = 'UnreadableToken';
}

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new UnreadableToken(`its bearerTokenFile cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** The errors that asking again would not mend. */
function isAboutQuery(type: string): boolean {
  return ['bad_data', 'execution', 'not_acceptable'].includes(type);
}

function describeStatus(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return `refuses this caller (HTTP ${status}); look at headers and bearerTokenFile`;
    case 404:
      return 'has no query API there (HTTP 404); the url ends before /api/v1';
    default:
      return `does not answer as Prometheus does (HTTP ${status})`;
  }
}

/** A failed fetch says why in its cause. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function shownAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === '/' ? '' : pathname.replace(/\/+$/, '')}`;
}

/** The API counts in seconds. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
