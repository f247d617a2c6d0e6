import type { ExecRequest, ExecSession } from './kube-client.js';
import { createExecStream } from './exec-stream.js';
import type { Connector } from './kube-connector.js';
import { objectPath, PODS } from './object-path.js';
import { openWebSocket } from './open-web-socket.js';

/**
 * Starts a command by the API server's subresource `exec`.
 *
 * @param signal calls the opening off, and has no effect on what is open
 */
export async function execInPod(
  connect: Connector,
  { namespace, pod, container, command }: ExecRequest,
  onOutput: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<ExecSession> {
  // A word of the command each: a query by name could hold only one.
  const words = new URLSearchParams();
  for (const word of command) words.append('command', word);
  const path = `${objectPath(PODS, namespace, pod)}/exec?${words.toString()}`;
  const query = { container, stdin: true, stdout: true, stderr: false, tty: false };
  const { socket, head } = await openWebSocket(connect, { path, query }, signal);
  return createExecStream(socket, head, onOutput);
}
