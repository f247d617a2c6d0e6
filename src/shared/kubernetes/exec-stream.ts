import type { Duplex } from 'node:stream';
import { messageOf } from '../errors.js';
import { createChannelSocket } from './channel-socket.js';
import type { ExecSession } from './kube-client.js';

/** Standard input, standard output, and the Status that tells how the command ended. */
const CHANNEL = { stdin: 0, stdout: 1, status: 3 } as const;

/**
 * A command inside a web socket. The protocol cannot end its input alone: closing ends both.
 *
 * @param head what came right behind the answer to the upgrade
 */
export function createExecStream(
  socket: Duplex,
  head: Buffer,
  onOutput: (bytes: Uint8Array) => void,
): ExecSession {
  let status = '';
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const channels = createChannelSocket(socket, head, {
    onMessage: (channel, payload) => {
      if (payload.length === 0) return;
      if (channel === CHANNEL.stdout) onOutput(payload);
      else if (channel === CHANNEL.status) status += payload.toString('utf8');
    },
    onClose: () => {
      end(reasonOf(status));
      socket.end();
    },
    onUnreadable: (error) => {
      end(`the connection broke: ${messageOf(error)}`);
      socket.destroy();
    },
  });
  socket.on('error', (error) => {
    end(`the connection broke: ${messageOf(error)}`);
  });
  socket.on('close', () => {
    end('the connection to the API server was cut');
  });
  channels.start();
  return {
    write: (text) => {
      if (socket.writable) channels.send(CHANNEL.stdin, Buffer.from(text));
    },
    ended,
    close: () => {
      if (socket.writable) channels.sendClose();
      // Nobody waits for the other side, which may be gone.
      socket.end(() => socket.destroy());
    },
  };
}

/** What the kubelet says of the end: `{"status":"Failure","message":"command terminated with exit code 137"}`. */
function reasonOf(status: string): string {
  if (status === '') return 'the connection ended';
  const { status: how, message = 'the command failed' } = JSON.parse(status) as {
    readonly status?: string;
    readonly message?: string;
  };
  return how === 'Success' ? 'the command has ended' : message;
}
