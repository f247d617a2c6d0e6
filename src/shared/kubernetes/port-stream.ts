import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame, OPCODE, type Frame } from './web-socket-frames.js';

const DATA = 0;
/** Each channel begins with the number of the port, which says nothing new. */
const PREAMBLE_BYTES = 2;

/**
 * The connection to the pod inside a web socket. The protocol knows no half-closed connections: ending it closes it both
 * ways. It breaks with the kubelet's reason where the pod does not take it, and where the socket is cut.
 *
 * @param head what came right behind the answer to the upgrade
 */
export function createPortStream(socket: Duplex, head: Buffer): Duplex {
  const readFrames = createFrameReader();
  const preamble = [PREAMBLE_BYTES, PREAMBLE_BYTES];
  let channel: number = DATA;
  let reason = '';
  let isClosed = false;

  const send = (opcode: number, payload: Buffer, done?: (error?: Error | null) => void): void => {
    socket.write(encodeFrame(opcode, payload, randomBytes(4)), done);
  };

  const stream = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      send(OPCODE.binary, Buffer.concat([Buffer.of(DATA), chunk]), done);
    },
    final(done) {
      send(OPCODE.close, Buffer.alloc(0), () => {
        done(); // a socket that is gone already is closed all the same
      });
      close();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    if (reason === '') stream.push(null);
    else stream.destroy(new Error(reason));
  }

  function takeMessage(payload: Buffer): void {
    const skipped = Math.min(preamble[channel] ?? 0, payload.length);
    preamble[channel] = (preamble[channel] ?? 0) - skipped;
    const content = payload.subarray(skipped);
    if (content.length === 0) return;
    if (channel !== DATA) reason += content.toString('utf8');
    else if (!isClosed && !stream.push(content)) socket.pause();
  }

  function take({ opcode, payload }: Frame): void {
    switch (opcode) {
      case OPCODE.binary:
        channel = payload[0] ?? DATA;
        takeMessage(payload.subarray(1));
        return;
      case OPCODE.continuation:
        takeMessage(payload);
        return;
      case OPCODE.ping:
        send(OPCODE.pong, payload);
        return;
      case OPCODE.close:
        close();
        return;
      default:
    }
  }

  function read(chunk: Buffer): void {
    try {
      for (const frame of readFrames(chunk)) take(frame);
    } catch (error) {
      stream.destroy(error as Error);
    }
  }

  socket.on('data', read);
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => {
    if (!isClosed) stream.destroy(new Error('the connection to the API server was cut'));
  });
  // It may break before anybody has got hold of it; who asks `finished` learns of it all the same.
  stream.on('error', () => undefined);
  if (head.length > 0) read(head);
  return stream;
}
