import type { Duplex } from 'node:stream';
import type { PodPort } from './kube-client.js';
import type { Connector } from './kube-connector.js';
import { objectPath, PODS } from './object-path.js';
import { openWebSocket } from './open-web-socket.js';
import { createPortStream } from './port-stream.js';

/**
 * Opens a port of a pod by the API server's subresource `portforward`.
 *
 * @param signal calls the opening off, and has no effect on what is open
 */
export async function openPort(
  connect: Connector,
  { namespace, pod, port }: PodPort,
  signal: AbortSignal,
): Promise<Duplex> {
  const path = `${objectPath(PODS, namespace, pod)}/portforward`;
  const { socket, head } = await openWebSocket(connect, { path, query: { ports: port } }, signal);
  return createPortStream(socket, head);
}
