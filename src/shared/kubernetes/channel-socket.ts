import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame, OPCODE, type Frame } from './web-socket-frames.js';

export interface ChannelListener {
  /** A part of a message, which may be empty. */
  onMessage(channel: number, payload: Buffer): void;
  /** The other side says that it closes. */
  onClose(): void;
  /** What came is no web socket's. */
  onUnreadable(error: unknown): void;
}

/** The frames of a web socket whose binary messages begin with the number of their channel. */
export interface ChannelSocket {
  send(channel: number, payload: Uint8Array, done?: (error?: Error | null) => void): void;
  sendClose(done?: () => void): void;
  /** Takes what has come; not before everything is there that the listener calls. */
  start(): void;
}

/** @param head what came right behind the answer to the upgrade */
export function createChannelSocket(socket: Duplex, head: Buffer, listener: ChannelListener): ChannelSocket {
  const readFrames = createFrameReader();
  let channel = 0;
  const sendFrame = (opcode: number, payload: Buffer, done?: (error?: Error | null) => void): void => {
    socket.write(encodeFrame(opcode, payload, randomBytes(4)), done);
  };
  const take = ({ opcode, payload }: Frame): void => {
    switch (opcode) {
      case OPCODE.binary:
        channel = payload[0] ?? 0;
        listener.onMessage(channel, payload.subarray(1));
        return;
      case OPCODE.continuation:
        listener.onMessage(channel, payload);
        return;
      case OPCODE.ping:
        if (socket.writable) sendFrame(OPCODE.pong, payload);
        return;
      case OPCODE.close:
        listener.onClose();
        return;
      default:
    }
  };
  const read = (chunk: Buffer): void => {
    try {
      for (const frame of readFrames(chunk)) take(frame);
    } catch (error) {
      listener.onUnreadable(error);
    }
  };
  return {
    send: (to, payload, done) => {
      sendFrame(OPCODE.binary, Buffer.concat([Buffer.of(to), payload]), done);
    },
    sendClose: (done) => {
      sendFrame(OPCODE.close, Buffer.alloc(0), done);
    },
    start: () => {
      socket.on('data', read);
      if (head.length > 0) read(head);
    },
  };
}
