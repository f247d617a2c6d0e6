import type { Duplex } from 'node:stream';
import { OPCODE } from '../../src/shared/kubernetes/web-socket-frames.js';
import { acceptWebSocket, clientFrames, serverFrame } from './fake-port-forward.js';

/** The kubelet's end of a command: its streams as channels of a web socket. */
export interface FakeExec {
  send(channel: number, text: string): void;
  close(): void;
}

/** Accepts the web socket. What the client sends to the standard input goes to `onText`. */
export function acceptExec(
  socket: Duplex,
  onText: (text: string, command: FakeExec) => void = () => undefined,
): FakeExec {
  acceptWebSocket(socket);
  const fake: FakeExec = {
    send: (channel, text) =>
      socket.write(serverFrame(OPCODE.binary, Buffer.concat([Buffer.of(channel), Buffer.from(text)]))),
    close: () => socket.write(serverFrame(OPCODE.close, Buffer.alloc(0))),
  };
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => {
    for (const { opcode, payload } of clientFrames(chunk)) {
      if (opcode === OPCODE.binary && payload[0] === 0) onText(payload.subarray(1).toString(), fake);
    }
  });
  return fake;
}
