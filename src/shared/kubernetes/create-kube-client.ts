import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { messageOf, PlimsollError } from '../errors.js';
import type { KubeClient, KubeEvent, KubeRequest, KubeResponse } from './kube-client.js';
import { KubeError, kubeErrorOf } from './kube-error.js';
import { readLines } from './read-lines.js';

export interface KubeCredentials {
  /** Absolute path of a kubeconfig; undefined: KUBECONFIG, ~/.kube/config, or the service account of a pod. */
  readonly kubeconfig?: string;
  /** Undefined: the current one of the kubeconfig. */
  readonly context?: string;
  /** The API server and the webhooks judge this identity instead of the kubeconfig's own. */
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] };
}

const REQUEST_DEADLINE_MS = 20_000;

/**
 * The one place that knows @kubernetes/client-node. It reads kubeconfigs, and gets and renews credentials. Requests
 * are made here: its watch swallows what a callback throws, and has no read deadline.
 *
 * Rejects with NOT_READY where there is no usable kubeconfig.
 */
export async function createKubeClient(credentials: KubeCredentials): Promise<KubeClient> {
  const config = await loadConfig(credentials);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new PlimsollError(
      'NOT_READY',
      `the kubeconfig's context "${config.currentContext}" names no cluster`,
      {
        remedy: `Choose one of its contexts: ${config.contexts.map(({ name }) => name).join(', ') || 'there are none'}.`,
      },
    );
  }
  const connect = createConnector(config, server, credentials.impersonate);
  return {
    server,
    kubectl: kubectlOf(credentials),
    send: async (request, signal) => await send(connect, request, signal),
    watch: (request, silenceMs, signal) => watch(connect, request, silenceMs, signal),
  };
}

async function loadConfig({ kubeconfig, context }: KubeCredentials): Promise<KubeConfig> {
  // Imported when it is needed: it takes longer to load than all of Plimsoll.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new PlimsollError(
      'NOT_READY',
      `cannot read the kubeconfig ${kubeconfig ?? ''}: ${messageOf(error)}`,
      {
        remedy: 'Name a readable file in the environment\'s "kubeconfig".',
        cause: error,
      },
    );
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      throw new PlimsollError('NOT_READY', `the kubeconfig has no context "${context}"`, {
        remedy: `Choose one of ${config.contexts.map(({ name }) => name).join(', ')}.`,
      });
    }
    config.setCurrentContext(context);
  }
  return config;
}

function kubectlOf({ kubeconfig, context, impersonate }: KubeCredentials): string {
  const flags = [
    ...(kubeconfig === undefined ? [] : [`--kubeconfig ${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context ${context}`]),
    ...(impersonate === undefined ? [] : [`--as ${impersonate.user}`]),
    ...(impersonate?.groups ?? []).map((group) => `--as-group ${group}`),
  ];
  return ['kubectl', ...flags].join(' ');
}

type Connector = (request: KubeRequest, signal: AbortSignal) => Promise<http.ClientRequest>;

function createConnector(
  config: KubeConfig,
  server: string,
  impersonate: KubeCredentials['impersonate'],
): Connector {
  const base = server.replace(/\/+$/, '');
  let kept: { readonly key: string; readonly agent: https.RequestOptions['agent'] } | undefined;
  return async ({ method, path, query = {}, body }, signal) => {
    const url = new URL(base + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    // Asked for each request: tokens are renewed behind it.
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const key = [options.ca, options.cert, options.key].map(String).join();
    if (kept?.key !== key) kept = { key, agent: options.agent }; // an agent that is kept resumes TLS sessions
    return (url.protocol === 'http:' ? http : https).request(url, {
      ...options,
      agent: kept.agent,
      method,
      signal,
      headers: {
        ...(options.headers as http.OutgoingHttpHeaders | undefined),
        accept: 'application/json',
        'user-agent': 'plimsoll',
        ...(body === undefined ? {} : bodyHeaders(method, body)),
        ...(impersonate === undefined
          ? {}
          : { 'impersonate-user': impersonate.user, 'impersonate-group': [...impersonate.groups] }),
      },
    });
  };
}

/** The length has to be said: Node leaves it out of a DELETE, and the body would be taken for the next request. */
function bodyHeaders(method: KubeRequest['method'], body: unknown): http.OutgoingHttpHeaders {
  return {
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    'content-length': Buffer.byteLength(JSON.stringify(body)),
  };
}

async function send(connect: Connector, request: KubeRequest, signal: AbortSignal): Promise<KubeResponse> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(REQUEST_DEADLINE_MS);
  const what = `${request.method} ${request.path}`;
  try {
    const response = await exchange(connect, request, AbortSignal.any([signal, deadline]));
    let text = '';
    response.setEncoding('utf8');
    for await (const part of response) text += String(part);
    const body = parseBody(text);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw kubeErrorOf(status, body, response.headers['retry-after']);
    const date = Date.parse(response.headers.date ?? '');
    return { body, serverDateMs: Number.isNaN(date) ? undefined : date };
  } catch (error) {
    throw explained(error, what, signal, deadline);
  }
}

async function* watch(
  connect: Connector,
  { path, query = {} }: Pick<KubeRequest, 'path' | 'query'>,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<KubeEvent> {
  signal.throwIfAborted();
  const request: KubeRequest = { method: 'GET', path, query: { ...query, watch: true } };
  try {
    const response = await exchange(connect, request, signal, silenceMs);
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      let text = '';
      for await (const part of response) text += String(part);
      throw kubeErrorOf(status, parseBody(text));
    }
    for await (const line of readLines(response)) yield JSON.parse(line) as KubeEvent;
  } catch (error) {
    throw explained(error, `watch ${path}`, signal);
  }
}

async function exchange(
  connect: Connector,
  request: KubeRequest,
  signal: AbortSignal,
  silenceMs?: number,
): Promise<http.IncomingMessage> {
  const sent = await connect(request, signal);
  return await new Promise((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
    if (silenceMs !== undefined) {
      sent.setTimeout(silenceMs, () => sent.destroy(new Error(`nothing was heard for ${silenceMs} ms`)));
    }
    sent.end(request.body === undefined ? undefined : JSON.stringify(request.body));
  });
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a proxy in between answers in its own words
  }
}

/** What the caller can act on: the reason of its own signal, a KubeError as it is, or one that says what went wrong. */
function explained(error: unknown, what: string, signal: AbortSignal, deadline?: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  const problem =
    deadline?.aborted === true ? `no answer within ${REQUEST_DEADLINE_MS} ms` : messageOf(error);
  return new KubeError(0, '', `${what}: ${problem}`, error);
}
