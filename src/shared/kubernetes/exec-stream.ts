import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { messageOf } from '../errors.js';
import type { ExecSession } from './kube-client.js';
import { createFrameReader, encodeFrame, OPCODE, type Frame } from './web-socket-frames.js';

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
  const readFrames = createFrameReader();
  let channel = -1;
  let status = '';
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });

  const send = (opcode: number, payload: Buffer): void => {
    if (socket.writable) socket.write(encodeFrame(opcode, payload, randomBytes(4)));
  };
  const takeMessage = (payload: Buffer): void => {
    if (payload.length === 0) return;
    if (channel === CHANNEL.stdout) onOutput(payload);
    else if (channel === CHANNEL.status) status += payload.toString('utf8');
  };
  const take = ({ opcode, payload }: Frame): void => {
    switch (opcode) {
      case OPCODE.binary:
        channel = payload[0] ?? -1;
        takeMessage(payload.subarray(1));
        return;
      case OPCODE.continuation:
        takeMessage(payload);
        return;
      case OPCODE.ping:
        send(OPCODE.pong, payload);
        return;
      case OPCODE.close:
        end(reasonOf(status));
        socket.end();
        return;
      default:
    }
  };
  const read = (chunk: Buffer): void => {
    try {
      for (const frame of readFrames(chunk)) take(frame);
    } catch (error) {
      end(`the connection broke: ${messageOf(error)}`);
      socket.destroy();
    }
  };

  socket.on('data', read);
  socket.on('error', (error) => {
    end(`the connection broke: ${messageOf(error)}`);
  });
  socket.on('close', () => {
    end('the connection to the API server was cut');
  });
  if (head.length > 0) read(head);
  return {
    write: (text) => {
      send(OPCODE.binary, Buffer.concat([Buffer.of(CHANNEL.stdin), Buffer.from(text)]));
    },
    ended,
    close: () => {
      send(OPCODE.close, Buffer.alloc(0));
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
