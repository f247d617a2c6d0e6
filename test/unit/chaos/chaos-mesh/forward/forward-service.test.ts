import type http from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import {
  forwardService,
  type ServiceForward,
} from '../../../../../src/chaos/chaos-mesh/forward/forward-service.js';
import {
  answer,
  openFakeApiServer,
  stream,
  type FakeApiServer,
} from '../../../../support/fake-api-server.js';
import { acceptPort } from '../../../../support/fake-port-forward.js';
import { realClock } from '../../../../support/real-clock.js';
import { waitUntil } from '../../../../support/wait-until.js';

const SLICE = 'orders-abc';

function aSlice(...pods: readonly (string | { readonly name: string; readonly ready: boolean })[]) {
  return {
    kind: 'EndpointSlice',
    metadata: { name: SLICE, namespace: 'shop', resourceVersion: '7' },
    ports: [
      { name: 'admin', port: 9090 },
      { name: 'http', port: 8080 },
    ],
    endpoints: pods.map((pod) => {
      const { name, ready } = typeof pod === 'string' ? { name: pod, ready: true } : pod;
      return {
        conditions: { ready },
        targetRef: { kind: 'Pod', name, namespace: 'shop', uid: `uid-${name}` },
      };
    }),
  };
}

describe('forwardService', () => {
  let api: FakeApiServer;
  let forward: ServiceForward;
  let watching: http.ServerResponse | undefined;
  let events: string[];
  /** Pods of which the API server knows nothing. */
  let gone: Set<string>;
  const clients: Socket[] = [];

  /** Each pod answers with its name. */
  const open = async (slice: ReturnType<typeof aSlice>): Promise<void> => {
    events = [];
    gone = new Set();
    api = await openFakeApiServer(
      (request, response) => {
        if (request.includes('watch=true')) {
          watching = response;
          response.writeHead(200, { 'content-type': 'application/json' });
          response.flushHeaders();
        } else answer(response, { items: [slice], metadata: { resourceVersion: '7' } });
      },
      undefined,
      (request, socket) => {
        const pod = /pods\/([^/]+)/.exec(request)?.[1] ?? '';
        if (gone.has(pod)) {
          socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
          return;
        }
        acceptPort(socket, 8080, (_, port) => {
          port.send(0, pod);
        });
      },
    );
    forward = await forwardService({
      client: api.client,
      clock: realClock,
      logger: { debug: () => undefined, warn: () => undefined },
      of: { namespace: 'shop', service: 'orders', portName: 'http' },
      emit: (kind, message) => events.push(`${kind}: ${message}`),
    });
    await forward.start(AbortSignal.timeout(20_000));
    await waitUntil('the watch is open', () => watching !== undefined);
  };

  const dial = (): Socket => {
    const socket = connect(forward.port, '127.0.0.1');
    socket.on('error', () => undefined);
    clients.push(socket);
    return socket;
  };

  const ask = async (socket: Socket): Promise<string> => {
    socket.write('who?');
    const answered = new Promise<string>((resolve) => {
      socket.once('data', (data) => {
        resolve(String(data));
      });
    });
    return await Promise.race([answered, closed(socket).then(() => 'closed')]);
  };

  const change = (slice: ReturnType<typeof aSlice>): void => {
    stream(watching!, {
      type: 'MODIFIED',
      object: { ...slice, metadata: { ...slice.metadata, resourceVersion: '8' } },
    });
  };

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await forward.stop();
    await api.close();
    watching = undefined;
  });

  it('balances connections over the ready pods, on the port that the slice names', async () => {
    await open(aSlice('a', { name: 'b', ready: false }, 'c'));
    const answers = [];
    for (let index = 0; index < 4; index++) answers.push(await ask(dial()));
    expect([...answers].sort()).to.deep.equal(['a', 'a', 'c', 'c']);
    expect(api.requests.filter((request) => request.includes('portforward')).at(-1)).to.match(/ports=8080$/);
    await forward.stop();
    expect(events).to.deep.equal([
      'forward-ended: 4 connections to shop/orders went to 2 pods through the port-forward',
    ]);
  });

  it('ends the connections of a pod that goes away, and sends the next to another', async () => {
    await open(aSlice('a', 'b'));
    const [first, second] = [dial(), dial()];
    const names = [await ask(first), await ask(second)];
    expect([...names].sort()).to.deep.equal(['a', 'b']);
    const [toA, toB] = names[0] === 'a' ? [first, second] : [second, first];
    const ended = closed(toA);
    change(aSlice('b'));
    await ended;
    expect(await ask(dial())).to.equal('b');
    expect(await ask(toB), 'the other one goes on').to.equal('b');
  });

  it('leaves open connections to a pod that is only no longer ready', async () => {
    await open(aSlice('a'));
    const socket = dial();
    expect(await ask(socket)).to.equal('a');
    change(aSlice({ name: 'a', ready: false }, 'b'));
    await waitUntil('new ones go elsewhere', async () => (await ask(dial())) === 'b');
    expect(await ask(socket)).to.equal('a');
  });

  it('tries the next pod where one is gone and nobody has said so yet, and tells of it once', async () => {
    await open(aSlice('a', 'b'));
    gone.add('a');
    for (let index = 0; index < 4; index++) expect(await ask(dial())).to.equal('b');
    expect(events.filter((event) => event.startsWith('forward-failed'))).to.deep.equal([
      'forward-failed: a connection to shop/a was not carried: the API server answered 404',
    ]);
  });

  it('breaks a connection for which there is no pod', async () => {
    await open(aSlice({ name: 'a', ready: false }));
    expect(await ask(dial())).to.equal('closed');
    expect(events).to.deep.equal([
      'forward-failed: a connection to shop/orders was not carried: no ready pod takes it',
    ]);
  });

  it('frees its port and ends every connection when it is stopped, and may be stopped again', async () => {
    await open(aSlice('a'));
    const socket = dial();
    await ask(socket);
    const ended = closed(socket);
    await forward.stop();
    await ended;
    await forward.stop();
    const late = dial();
    await closed(late);
    expect(late.bytesRead).to.equal(0);
  });
});

/** Resolves at its end, however that came. */
async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}
