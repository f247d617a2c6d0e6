import { Duplex } from 'node:stream';
import { createChannelSocket } from './channel-socket.js';

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
  const preamble = [PREAMBLE_BYTES, PREAMBLE_BYTES];
  let reason = '';
  let isClosed = false;

  const channels = createChannelSocket(socket, head, {
    onMessage: takeMessage,
    onClose: close,
    onUnreadable: (error) => stream.destroy(error as Error),
  });
  const stream = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      channels.send(DATA, chunk, done);
    },
    final(done) {
      channels.sendClose(() => {
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

  function takeMessage(channel: number, payload: Buffer): void {
    const skipped = Math.min(preamble[channel] ?? 0, payload.length);
    preamble[channel] = (preamble[channel] ?? 0) - skipped;
    const content = payload.subarray(skipped);
    if (content.length === 0) return;
    if (channel !== DATA) reason += content.toString('utf8');
    else if (!isClosed && !stream.push(content)) socket.pause();
  }

  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => {
    if (!isClosed) stream.destroy(new Error('the connection to the API server was cut'));
  });
  // It may break before anybody has got hold of it; who asks `finished` learns of it all the same.
  stream.on('error', () => undefined);
  channels.start();
  return stream;
}
