import type { Duplex } from 'node:stream';
import { OPCODE } from '../../src/shared/kubernetes/web-socket-frames.js';

/** The kubelet's end of a port-forward: channels 0 and 1 over a web socket, each beginning with the port. */
export interface FakePort {
  send(channel: number, text: string): void;
  /** All that the client has sent so far. */
  received(): string;
  ping(): void;
  close(): void;
}

/** Accepts the web socket. What the client sends on channel 0 goes to `onText`. */
export function acceptPort(
  socket: Duplex,
  port: number,
  onText: (text: string, port: FakePort) => void = () => undefined,
): FakePort {
  acceptWebSocket(socket);
  let received = '';
  const fake: FakePort = {
    send: (channel, text) => socket.write(serverFrame(OPCODE.binary, channelled(channel, Buffer.from(text)))),
    received: () => received,
    ping: () => socket.write(serverFrame(OPCODE.ping, Buffer.from('?'))),
    close: () => socket.write(serverFrame(OPCODE.close, Buffer.alloc(0))),
  };
  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16LE(port);
  for (const channel of [0, 1]) socket.write(serverFrame(OPCODE.binary, channelled(channel, portBytes)));
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => {
    for (const { opcode, payload } of clientFrames(chunk)) {
      if (opcode === OPCODE.close) socket.end();
      if (opcode !== OPCODE.binary) continue;
      const text = payload.subarray(1).toString();
      received += text;
      onText(text, fake);
    }
  });
  return fake;
}

export function acceptWebSocket(socket: Duplex): void {
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n',
  );
}

function channelled(channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(channel), payload]);
}

/** Unmasked, as a server sends it. */
export function serverFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The frames of a chunk that holds whole ones, as tests of a few bytes do. */
export function clientFrames(chunk: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let rest = chunk;
  while (rest.length > 0) {
    const short = rest[1]! & 0x7f;
    const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    const length =
      short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
    const mask = rest.subarray(start, start + 4);
    const payload = Buffer.from(
      rest.subarray(start + 4, start + 4 + length).map((byte, index) => byte ^ mask[index % 4]!),
    );
    frames.push({ opcode: rest[0]! & 0x0f, payload });
    rest = rest.subarray(start + 4 + length);
  }
  return frames;
}
