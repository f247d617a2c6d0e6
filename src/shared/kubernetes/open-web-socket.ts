import { randomBytes } from 'node:crypto';
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import type { KubeRequest } from './kube-client.js';
import type { Connector } from './kube-connector.js';
import { kubeErrorOf } from './kube-error.js';
import { readBody } from './read-body.js';

/** Binary messages, each of which begins with the number of its channel. */
const PROTOCOL = 'v4.channel.k8s.io';

export interface OpenedSocket {
  readonly socket: Duplex;
  /** What came right behind the answer to the upgrade. */
  readonly head: Buffer;
}

/**
 * Opens a web socket to a subresource of the API server. A refusal is a KubeError in the words of the API server, which
 * is why this does not go through a ready-made WebSocket: those hide the answer to a failed upgrade.
 *
 * @param signal calls the opening off, and has no effect on what is open
 */
export async function openWebSocket(
  connect: Connector,
  { path, query }: Pick<KubeRequest, 'path' | 'query'>,
  signal: AbortSignal,
): Promise<OpenedSocket> {
  const opening = new AbortController();
  const giveUp = (): void => {
    opening.abort(signal.reason);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const asked: KubeRequest = { method: 'GET', path, ...(query === undefined ? {} : { query }) };
    const request = await connect(asked, opening.signal, {
      accept: '*/*', // asked for JSON, it refuses
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': PROTOCOL,
    });
    return await upgrade(request);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function upgrade(request: http.ClientRequest): Promise<OpenedSocket> {
  return await new Promise((resolve, reject) => {
    request.on('upgrade', (_response, socket, head) => {
      resolve({ socket, head });
    });
    request.on('response', (response) => {
      readBody(response).then((body) => {
        reject(kubeErrorOf(response.statusCode ?? 0, body));
      }, reject);
    });
    request.on('error', reject);
    request.end();
  });
}
