import { expect } from 'chai';
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProxyHandle, ProxyReplica } from '../../../../src/chaos/local/proxy/proxy-handle.js';
import type { HttpActions, HttpFault, HttpMatch } from '../../../../src/chaos/local/proxy/proxy-rule.js';
import { aRule, createProxyWorld, doseOf, type ProxyWorld } from '../../../support/proxy-world.js';

interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly tookMs: number;
}

const nothing = { queries: [], headers: [] };

function aFault(
  target: HttpFault['target'],
  actions: Partial<HttpActions>,
  match: Partial<HttpMatch> = {},
): HttpFault {
  return {
    ...{ type: 'http', target, port: 80 },
    match: { requestHeaders: [], responseHeaders: [], ...match },
    actions: { abort: false, delayMs: 0, replace: nothing, patch: nothing, ...actions },
  };
}

describe('the HTTP faults of the proxy', () => {
  let world: ProxyWorld;
  let proxy: ProxyHandle;
  let server: Server;
  let replica: ProxyReplica;
  let agent: Agent;
  let seen: string[];

  beforeEach(async () => {
    world = await createProxyWorld();
    ({ proxy } = world);
    seen = [];
    server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (bytes: Buffer) => (body += bytes.toString()));
      incoming.on('end', () => {
        const text = `${incoming.method ?? ''} ${incoming.url ?? ''} ${body}`.trim();
        seen.push(`${text} ${incoming.headers['x-chaos']?.toString() ?? ''}`.trim());
        response.setHeader('x-from', 'replica');
        response.write(text); // chunked
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    replica = { id: 'orders-1', uid: 'first', host: '127.0.0.1', port, ready: true };
    await proxy.setReplicas('orders', [replica]);
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });

  afterEach(async () => {
    agent.destroy();
    await world.end();
    server.closeAllConnections();
    server.close();
  });

  async function send(method: string, path: string, body = ''): Promise<Answer> {
    const startMs = performance.now();
    const outgoing = request({ host: '127.0.0.1', port: world.port, method, path, agent });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream & Response];
    let text = '';
    for await (const part of response) text += part.toString();
    return {
      ...{ code: response.statusCode, headers: response.headers, body: text },
      tookMs: performance.now() - startMs,
    };
  }

  async function failureOf(promise: Promise<Answer>): Promise<string> {
    try {
      return `answered ${(await promise).code}`;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown';
    }
  }

  it('abort the requests that match, and only those', async () => {
    await proxy.setFaults([
      aRule(aFault('request', { abort: true }, { path: '/orders/*', method: 'POST' }), replica),
    ]);
    expect(await failureOf(send('POST', '/orders/7', '{}'))).to.equal('ECONNRESET');
    expect((await send('GET', '/orders/7')).body).to.equal('GET /orders/7');
    expect((await send('POST', '/health', 'x')).body).to.equal('POST /health x');
    expect(seen).to.deep.equal(['GET /orders/7', 'POST /health x']);
    expect(await doseOf(proxy, 'http', replica)).to.include({
      messagesSeen: 3,
      aborted: 1,
      connectionsUnread: 0,
    });

    await proxy.setFaults([]);
    expect((await send('POST', '/orders/7', '{}')).code).to.equal(200);
    expect(await doseOf(proxy, 'http', replica)).to.include({ active: false, messagesSeen: 3 });
  });

  it('abort a response that the replica has already given', async () => {
    await proxy.setFaults([aRule(aFault('response', { abort: true }, { code: 200 }), replica)]);
    expect(await failureOf(send('POST', '/orders', '{}'))).to.equal('ECONNRESET');
    expect(seen).to.deep.equal(['POST /orders {}']);
    expect(await doseOf(proxy, 'http', replica)).to.include({ messagesSeen: 1, aborted: 1 });
  });

  it('delay requests and responses on a connection that was open before', async () => {
    await send('GET', '/warm');
    await proxy.setFaults([
      { ...aRule(aFault('request', { delayMs: 150 }, { path: '/slow' }), replica), id: 'request' },
      { ...aRule(aFault('response', { delayMs: 100 }, { path: '/slow' }), replica), id: 'response' },
    ]);
    expect((await send('GET', '/slow')).tookMs).to.be.at.least(250);
    expect((await send('GET', '/fast')).body).to.equal('GET /fast');
    expect((await proxy.stats()).services[0]?.acceptedConnections).to.equal(1);
    const { doses } = await proxy.stats();
    for (const dose of doses) {
      if (dose.type !== 'http') throw new Error('another dose');
      expect(dose).to.include({ messagesSeen: 2, delayed: 1 });
      expect(dose.meanAddedMs)
        .to.be.at.least(dose.ruleId === 'request' ? 150 : 100)
        .and.below(5000);
    }
  });

  it('replace a response, code, body and headers', async () => {
    const body = Buffer.from('{"error":"chaos"}').toString('base64');
    const replace = { code: 503, body, queries: [], headers: [['X-From', 'proxy'] as const] };
    await proxy.setFaults([aRule(aFault('response', { replace }, { path: '/orders' }), replica)]);
    for (let round = 0; round < 3; round++) {
      const answer = await send('GET', '/orders');
      expect(answer).to.include({ code: 503, body: '{"error":"chaos"}' });
      expect(answer.headers['x-from']).to.equal('proxy');
      expect(await send('GET', '/other')).to.include({ code: 200, body: 'GET /other' });
    }
    expect((await proxy.stats()).services[0]?.acceptedConnections).to.equal(1);
    expect(await doseOf(proxy, 'http', replica)).to.include({ messagesSeen: 6, replaced: 3 });
  });

  it('replace and patch a request', async () => {
    const replace = {
      ...{ path: '/new', method: 'PUT', body: Buffer.from('new').toString('base64') },
      ...{ queries: [['a', '2'] as const], headers: [] },
    };
    const patch = { queries: [['b', '3'] as const], headers: [['X-Chaos', 'yes'] as const] };
    await proxy.setFaults([aRule(aFault('request', { replace, patch }, { path: '/old' }), replica)]);
    const { code } = await send('POST', '/old?a=1', 'a body that is longer');
    expect(code).to.equal(200);
    await send('POST', '/as-it-is?a=1', 'kept');
    expect(seen).to.deep.equal(['PUT /new?a=2&b=3 new yes', 'POST /as-it-is?a=1 kept']);
    expect(await doseOf(proxy, 'http', replica)).to.include({ messagesSeen: 2, replaced: 1, patched: 1 });
  });

  it('let another protocol through untouched, and count it', async () => {
    const other = await world.replica('a', (socket) => {
      socket.on('data', (bytes) => socket.write(`got ${bytes.length}`));
    });
    await proxy.setReplicas('orders', [other]);
    await proxy.setFaults([aRule(aFault('request', { abort: true }), other)]);
    const client = await world.client();
    client.socket.write(Buffer.from([0x16, 0x03, 0x01]));
    await once(client.socket, 'data');
    expect(client.received()).to.equal('got 3');
    expect(await doseOf(proxy, 'http', other)).to.include({
      messagesSeen: 0,
      aborted: 0,
      connectionsUnread: 1,
    });
  });
});

interface Response {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}
