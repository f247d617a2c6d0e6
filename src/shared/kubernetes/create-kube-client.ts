import type http from 'node:http';
import { messageOf } from '../errors.js';
import type { KubeClient, KubeEvent, KubeRequest, KubeResponse } from './kube-client.js';
import { execInPod } from './exec-in-pod.js';
import { createConnector, type Connector } from './kube-connector.js';
import { KubeError, kubeErrorOf } from './kube-error.js';
import { loadKubeconfig, type KubeCredentials } from './load-kubeconfig.js';
import { openPort } from './open-port.js';
import { readBody } from './read-body.js';
import { readLines } from './read-lines.js';

const REQUEST_DEADLINE_MS = 20_000;

/**
 * Requests are made here, and not by the client library: its watch swallows what a callback throws, and has no read
 * deadline.
 *
 * Rejects with NOT_READY where there is no usable kubeconfig.
 */
export async function createKubeClient(credentials: KubeCredentials): Promise<KubeClient> {
  const access = await loadKubeconfig(credentials);
  const connect = createConnector(access);
  return {
    server: access.server,
    isOwnPod: access.isOwnPod,
    kubectl: kubectlOf(credentials),
    send: async (request, signal) => await send(connect, request, signal),
    watch: (request, silenceMs, signal) => watch(connect, request, silenceMs, signal),
    exec: async (request, onOutput, signal) =>
      await inTime(
        `exec in pod ${request.namespace}/${request.pod}`,
        async (until) => await execInPod(connect, request, onOutput, until),
        signal,
      ),
    openPort: async (port, signal) =>
      await inTime(
        `forward port ${port.port} of ${port.namespace}/${port.pod}`,
        async (until) => await openPort(connect, port, until),
        signal,
      ),
  };
}

async function inTime<T>(
  what: string,
  open: (until: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const deadline = AbortSignal.timeout(REQUEST_DEADLINE_MS);
  try {
    return await open(AbortSignal.any([signal, deadline]));
  } catch (error) {
    throw explained(error, what, signal, deadline);
  }
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

async function send(connect: Connector, request: KubeRequest, signal: AbortSignal): Promise<KubeResponse> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(REQUEST_DEADLINE_MS);
  const what = `${request.method} ${request.path}`;
  try {
    const response = await exchange(connect, request, AbortSignal.any([signal, deadline]));
    const body = await readBody(response);
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
    if (status !== 200) throw kubeErrorOf(status, await readBody(response));
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

/** What the caller can act on: the reason of its own signal, a KubeError as it is, or one that says what went wrong. */
function explained(error: unknown, what: string, signal: AbortSignal, deadline?: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  const problem =
    deadline?.aborted === true ? `no answer within ${REQUEST_DEADLINE_MS} ms` : messageOf(error);
  return new KubeError(0, '', `${what}: ${problem}`, error);
}
