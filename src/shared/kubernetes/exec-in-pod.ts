import type { RequestOptions } from 'node:https';
import { Readable, Writable } from 'node:stream';
import type { Exec, KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../errors.js';
import type { ExecRequest, ExecSession } from './kube-client.js';
import { KubeError } from './kube-error.js';

const CONNECT_DEADLINE_MS = 20_000;

/** What is used of the client library's WebSocket, which comes without types. */
interface Socket {
  readonly readyState: number;
  readonly OPEN: number;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  close(): void;
}

/** The same cluster and identity, with headers that only a config's own requests would get otherwise. */
export function withHeaders(
  config: KubeConfig,
  headers: Readonly<Record<string, string | string[]>>,
): KubeConfig {
  const asked = Object.create(config) as KubeConfig;
  // The library asks for options of a WebSocket whose types it does not bring along; it passes those of a request on.
  asked.applyToHTTPSOptions = async (options: RequestOptions) => {
    await config.applyToHTTPSOptions(options);
    options.headers = { ...(options.headers as Record<string, string> | undefined), ...headers };
  };
  return asked;
}

/** Starts a command over a WebSocket, and waits until it is connected. */
export async function execInPod(
  exec: Exec,
  { namespace, pod, container, command }: ExecRequest,
  onOutput: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<ExecSession> {
  signal.throwIfAborted();
  const stdin = new Readable({ read: () => undefined });
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      onOutput(chunk);
      done();
    },
  });
  const connecting = exec.exec(
    namespace,
    pod,
    container,
    [...command],
    stdout,
    null,
    stdin,
    false,
  ) as Promise<unknown> as Promise<Socket>;
  const socket = await inTime(connecting, `exec in pod ${namespace}/${pod}`, signal);
  const ended = new Promise<string>((resolve) => {
    socket.onclose = ({ code, reason }) => {
      resolve(`the connection ended (${code}${reason === '' ? '' : `: ${reason}`})`);
    };
  });
  return {
    write: (text) => {
      if (socket.readyState === socket.OPEN) stdin.push(text);
    },
    ended,
    close: () => {
      socket.close();
    },
  };
}

/** Waits for a connection; one that comes too late is closed. */
async function inTime(connecting: Promise<Socket>, what: string, signal: AbortSignal): Promise<Socket> {
  const deadline = AbortSignal.timeout(CONNECT_DEADLINE_MS);
  const either = AbortSignal.any([signal, deadline]);
  const late = new Promise<'late'>((resolve) => {
    const onAbort = (): void => {
      resolve('late');
    };
    either.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const first = await Promise.race([connecting, late]);
    if (first !== 'late') return first;
  } catch (error) {
    // `Unexpected server response: 403`
    const message = messageOf(error);
    const status = Number(/response: (\d{3})/.exec(message)?.[1] ?? 0);
    throw new KubeError(status, status === 403 ? 'Forbidden' : '', `${what}: ${message}`, error);
  }
  connecting.then(
    (socket) => {
      socket.close();
    },
    () => undefined, // nobody waits for it any more
  );
  signal.throwIfAborted();
  throw new KubeError(0, '', `${what}: no answer within ${CONNECT_DEADLINE_MS} ms`);
}
