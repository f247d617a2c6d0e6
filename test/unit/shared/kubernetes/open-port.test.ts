import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect } from 'chai';
import { KubeError } from '../../../../src/shared/kubernetes/kube-error.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { acceptPort, type FakePort } from '../../../support/fake-port-forward.js';
import { waitUntil } from '../../../support/wait-until.js';

const PORT = { namespace: 'shop', pod: 'orders-1', port: 8080 };
const SOON = () => AbortSignal.timeout(20_000);

describe('a port of a pod', () => {
  let server: FakeApiServer;
  afterEach(async () => {
    await server.close();
  });

  const open = async (accept: (socket: Duplex) => void): Promise<Duplex> => {
    server = await openFakeApiServer(
      () => undefined,
      { user: 'jane', groups: ['sre'] },
      (_, socket) => {
        accept(socket);
      },
    );
    return await server.client.openPort(PORT, SOON());
  };

  it('carries bytes both ways, without the port that each channel begins with', async () => {
    const stream = await open((socket) =>
      acceptPort(socket, 8080, (text, port) => {
        port.send(0, text.toUpperCase());
      }),
    );
    stream.write('hello');
    expect(String((await once(stream, 'data'))[0])).to.equal('HELLO');
    expect(server.requests).to.deep.equal([
      'GET /api/v1/namespaces/shop/pods/orders-1/portforward?ports=8080',
    ]);
    expect(server.last.headers).to.include({
      authorization: 'Bearer a-token',
      'impersonate-user': 'jane',
      'sec-websocket-protocol': 'v4.channel.k8s.io',
    });
    stream.destroy();
  });

  it('ends when the pod ends it, and closes the web socket then', async () => {
    let port: FakePort | undefined;
    let peer: Duplex | undefined;
    const stream = await open((socket) => {
      peer = socket;
      port = acceptPort(socket, 8080);
    });
    port!.send(0, 'bye');
    port!.close();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).to.equal('bye');
    stream.end();
    await waitUntil('the web socket is closed', () => peer!.destroyed);
  });

  it('answers a ping, and tells nobody of it', async () => {
    let peer: Duplex | undefined;
    const stream = await open((socket) => {
      peer = socket;
      acceptPort(socket, 8080, (text, port) => {
        if (text === 'go') port.ping();
      });
    });
    stream.write('go');
    const pong = new Promise<void>((resolve) => {
      peer!.on('data', (chunk: Buffer) => {
        if ((chunk[0]! & 0x0f) === 10) resolve();
      });
    });
    await pong;
    expect(stream.readableLength).to.equal(0);
    stream.destroy();
  });

  it('breaks with the reason of the kubelet where the pod does not take the connection', async () => {
    const stream = await open((socket) => {
      const port = acceptPort(socket, 8080);
      port.send(1, 'connection refused in the pod');
      port.close();
    });
    expect(await errorOf(finished(stream))).to.have.property('message', 'connection refused in the pod');
  });

  it('breaks where the API server goes away', async () => {
    let peer: Duplex | undefined;
    const stream = await open((socket) => {
      peer = socket;
      acceptPort(socket, 8080);
    });
    peer!.destroy();
    expect(await errorOf(finished(stream))).to.be.instanceOf(Error);
  });

  it('is refused in the words of the API server', async () => {
    server = await openFakeApiServer((_, response) => {
      answer(response, { kind: 'Status', reason: 'Forbidden', message: 'jane may not' }, 403);
    });
    const error = await errorOf(server.client.openPort(PORT, SOON()));
    expect(error).to.be.instanceOf(KubeError).and.to.include({ status: 403, message: 'jane may not' });
  });

  it('is no longer waited for when the signal aborts, and outlives the signal once it is open', async () => {
    const off = new AbortController();
    server = await openFakeApiServer(
      () => undefined,
      undefined,
      (_, socket) => {
        if (server.requests.length > 1)
          acceptPort(socket, 8080, (text, port) => {
            port.send(0, text);
          });
      },
    );
    const waiting = errorOf(server.client.openPort(PORT, off.signal));
    await waitUntil('it is asked for', () => server.requests.length === 1);
    off.abort(new Error('called off'));
    expect(await waiting).to.have.property('message', 'called off');
    const later = new AbortController();
    const stream = await server.client.openPort(PORT, later.signal);
    later.abort();
    stream.write('still here');
    expect(String((await once(stream, 'data'))[0])).to.equal('still here');
    stream.destroy();
  });
});

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error: unknown) => error,
  );
}
