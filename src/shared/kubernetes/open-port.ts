import { randomBytes } from 'node:crypto';
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import type { PodPort } from './kube-client.js';
import type { Connector } from './kube-connector.js';
import { kubeErrorOf } from './kube-error.js';
import { objectPath, PODS } from './object-path.js';
import { createPortStream } from './port-stream.js';
import { readBody } from './read-body.js';

/** Binary channels over a web socket: 0 is the connection, 1 tells why it failed. */
const PROTOCOL = 'v4.channel.k8s.io';

/**
 * Opens a port of a pod by the API server's subresource `portforward`. A refusal is a KubeError in the words of the API
 * server, which is why this does not go through a ready-made WebSocket: those hide the answer to a failed upgrade.
 *
 * @param signal calls the opening off, and has no effect on what is open
 */
export async function openPort(
  connect: Connector,
  { namespace, pod, port }: PodPort,
  signal: AbortSignal,
): Promise<Duplex> {
  const opening = new AbortController();
  const giveUp = (): void => {
    opening.abort(signal.reason);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const path = `${objectPath(PODS, namespace, pod)}/portforward`;
    const request = await connect({ method: 'GET', path, query: { ports: port } }, opening.signal, {
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

async function upgrade(request: http.ClientRequest): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    request.on('upgrade', (_response, socket, head) => {
      resolve(createPortStream(socket, head));
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
