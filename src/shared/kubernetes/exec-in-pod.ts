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
  headers: Readonly<Record<string, string | readonly string[]>>,
): KubeConfig {
  const asked = Object.create(config) as KubeConfig;
  asked.applyToHTTPSOptions = async (options) => {
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
  const connecting: Promise<Socket> = exec.exec(namespace, pod, container, [...command], stdout, null, stdin, false);
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
async function inTime(
  connecting: Promise<Socket>,
  what: string,
  signal: AbortSignal,
): Promise<Socket> {
  const deadline = AbortSignal.timeout(CONNECT_DEADLINE_MS);
  const either = AbortSignal.any([signal, deadline]);
  let isLate = false;
  const late = new Promise<never>((_, reject) => {
    either.addEventListener(
      'abort',
      () => {
        isLate = true;
        reject(
          signal.aborted
            ? (signal.reason as Error)
            : new KubeError(0, '', `${what}: no answer within ${CONNECT_DEADLINE_MS} ms`),
        );
      },
      { once: true },
    );
  });
  connecting.then(
    (socket) => {
      if (isLate) socket.close();
    },
    () => undefined, // the race below tells it
  );
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    if (isLate) throw error;
    // `Unexpected server response: 403`
    const message = messageOf(error);
    const status = Number(/response: (\d{3})/.exec(message)?.[1] ?? 0);
    throw new KubeError(status, status === 403 ? 'Forbidden' : '', `${what}: ${message}`, error);
  }
}
