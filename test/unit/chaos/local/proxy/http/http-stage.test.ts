import { expect } from 'chai';
import fc from 'fast-check';
import { createHttpStage, type Speaker } from '../../../../../../src/chaos/local/proxy/http/http-stage.js';
import type {
  HttpActions,
  HttpFault,
  HttpMatch,
} from '../../../../../../src/chaos/local/proxy/proxy-rule.js';
import { httpState, type HttpState } from '../../../../../../src/chaos/local/proxy/rule-states.js';

function aRule(
  target: HttpFault['target'],
  actions: Partial<HttpActions>,
  match: Partial<HttpMatch> = {},
): HttpState {
  const none = { queries: [], headers: [] };
  return httpState('rule', 'uid', {
    ...{ type: 'http', target, port: 80 },
    match: { requestHeaders: [], responseHeaders: [], ...match },
    actions: { abort: false, delayMs: 0, replace: none, patch: none, ...actions },
  });
}

/** A connection whose two directions are texts. */
function aConnection(rules: HttpState[], isFresh = true) {
  const seen = { toReplica: '', toClient: '', aborts: 0, holdsMs: [] as number[] };
  let spokeLast: Speaker = isFresh ? 'nobody' : 'client';
  const stage = createHttpStage(() => rules, isFresh, {
    toReplica(parcel, holds) {
      seen.toReplica += parcel.toString('latin1');
      seen.holdsMs.push(...holds.map(({ ms }) => ms));
    },
    toClient(parcel, holds) {
      seen.toClient += parcel.toString('latin1');
      seen.holdsMs.push(...holds.map(({ ms }) => ms));
    },
    abort: () => (seen.aborts += 1),
  });
  return {
    seen,
    stage,
    client: (text: string) => {
      stage.fromClient(Buffer.from(text, 'latin1'), spokeLast);
      spokeLast = 'client';
    },
    replica: (text: string) => {
      stage.fromReplica(Buffer.from(text, 'latin1'));
      spokeLast = 'replica';
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('createHttpStage', () => {
  it('passes everything on to the letter where nothing matches', () => {
    const rule = aRule('request', { abort: true }, { path: '/other' });
    const { seen, client, replica, stage } = aConnection([rule]);
    client(get('/a'));
    client(get('/b'));
    replica(ok('one') + ok('two'));
    expect(seen.toReplica).to.equal(get('/a') + get('/b'));
    expect(seen.toClient).to.equal(ok('one') + ok('two'));
    expect(rule).to.include({ messagesSeen: 2, aborted: 0, connectionsUnread: 0 });
    expect(stage.isIdle).to.equal(true);
  });

  it('aborts a matching request, which the replica never sees', () => {
    const rule = aRule('request', { abort: true }, { path: '/a' });
    const { seen, client } = aConnection([rule]);
    client(get('/a'));
    expect(seen).to.include({ aborts: 1, toReplica: '' });
    expect(rule).to.include({ messagesSeen: 1, aborted: 1 });
  });

  it('aborts a pipelined request behind the responses of those before it', () => {
    const { seen, client, replica } = aConnection([aRule('request', { abort: true }, { path: '/b' })]);
    client(get('/a') + get('/b') + get('/c'));
    expect(seen).to.include({ aborts: 0, toReplica: get('/a') });
    replica(ok('one').slice(0, 10));
    expect(seen.aborts).to.equal(0);
    replica(ok('one').slice(10));
    expect(seen).to.include({ aborts: 1, toClient: ok('one') });
  });

  it('aborts on a matching response, by the path of its request', () => {
    const rule = aRule('response', { abort: true }, { path: '/b', code: 200 });
    const { seen, client, replica } = aConnection([rule]);
    client(get('/a') + get('/b'));
    replica(ok('one'));
    expect(seen.aborts).to.equal(0);
    replica(ok('two'));
    expect(seen).to.include({ aborts: 1, toClient: ok('one') });
    expect(rule).to.include({ messagesSeen: 2, aborted: 1 });
  });

  it('delays the matching message, once', () => {
    const { seen, client } = aConnection([aRule('request', { delayMs: 300 }, { method: 'POST' })]);
    client(get('/a') + 'POST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody');
    expect(seen.holdsMs).to.deep.equal([300]);
  });

  it('rewrites a request', () => {
    const actions = {
      replace: {
        ...{ path: '/new', method: 'PUT', body: base64('fresh!') },
        queries: [['limit', '2'] as const],
        headers: [['host', 'b'] as const],
      },
      patch: { queries: [['more', 'a b'] as const], headers: [['X-Extra', '1'] as const] },
    };
    const rule = aRule('request', actions);
    const { seen, client } = aConnection([rule]);
    client('POST /old?limit=1&x=y HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n\r\n');
    client('3\r\nold\r\n0\r\n\r\n' + get('/next'));
    const [first, second] = seen.toReplica.split('fresh!');
    expect(first).to.equal(
      'PUT /new?limit=2&x=y&more=a+b HTTP/1.1\r\nAccept: */*\r\nhost: b\r\nX-Extra: 1\r\nContent-Length: 6\r\n\r\n',
    );
    expect(second).to.match(/^PUT \/new\?limit=2&more=a\+b HTTP/);
    expect(rule).to.include({ messagesSeen: 2, replaced: 2, patched: 2 });
  });

  it('rewrites a response, and finds the next one behind the body that it dropped', () => {
    const rule = aRule(
      'response',
      { replace: { code: 503, body: base64('{}'), queries: [], headers: [['X-By', 'proxy']] } },
      { path: '/a' },
    );
    const { seen, client, replica } = aConnection([rule]);
    client(get('/a') + get('/b'));
    replica('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n' + ok('two'));
    expect(seen.toClient).to.equal(
      `HTTP/1.1 503 Service Unavailable\r\nX-By: proxy\r\nContent-Length: 2\r\n\r\n{}${ok('two')}`,
    );
    expect(rule).to.include({ messagesSeen: 2, replaced: 1, patched: 0 });
  });

  it('keeps the end of a message findable whatever is replaced', () => {
    const cases: [Parameters<typeof aRule>, string, string, string][] = [
      // the code forbids a body
      [
        ['response', { replace: { code: 204, queries: [], headers: [] } }],
        get('/a'),
        ok('one'),
        'HTTP/1.1 204 No Content\r\n\r\n',
      ],
      // the code demands one
      [
        ['response', { replace: { code: 200, queries: [], headers: [] } }],
        ...[get('/a'), 'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ] as never,
      // a HEAD has none, and tells the length of the new one
      [
        ['response', { replace: { body: base64('four'), queries: [], headers: [] } }],
        ...[
          'HEAD /a HTTP/1.1\r\n\r\n',
          'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
          'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n',
        ],
      ] as never,
      // the replica was asked with HEAD, the client asked with GET
      [
        ['request', { replace: { method: 'HEAD', queries: [], headers: [] } }],
        ...[
          get('/a'),
          'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
          'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
        ],
      ] as never,
      // and the other way round
      [
        ['request', { replace: { method: 'GET', queries: [], headers: [] } }],
        ...['HEAD /a HTTP/1.1\r\n\r\n', ok('one'), 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n'],
      ] as never,
    ];
    for (const [rule, asked, answered, received] of cases) {
      const { seen, client, replica, stage } = aConnection([aRule(...rule)]);
      client(asked);
      replica(answered);
      expect(seen.toClient).to.equal(received);
      expect(stage.isIdle).to.equal(true);
    }
  });

  it('does the same wherever the bytes are cut', () => {
    const rules = [
      aRule('request', { replace: { body: base64('x'), queries: [], headers: [] } }, { method: 'POST' }),
      aRule(
        'response',
        { replace: { code: 500, body: base64('no'), queries: [], headers: [] } },
        { path: '/b' },
      ),
    ];
    const asked = get('/a') + 'POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello' + get('/c');
    const answered = `HTTP/1.1 100 Continue\r\n\r\n${ok('a')}HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n${ok('c')}`;
    const whole = aConnection(rules);
    whole.client(asked);
    whole.replica(answered);
    fc.assert(
      fc.property(
        fc.nat(asked.length),
        fc.nat(answered.length),
        fc.nat(answered.length),
        (first, second, third) => {
          const cut = aConnection(rules);
          cut.client(asked.slice(0, first));
          cut.client(asked.slice(first));
          const [from, to] = [Math.min(second, third), Math.max(second, third)];
          for (const part of [answered.slice(0, from), answered.slice(from, to), answered.slice(to)])
            cut.replica(part);
          expect(cut.seen).to.deep.equal(whole.seen);
          expect(cut.stage.isIdle).to.equal(true);
        },
      ),
    );
  });

  it('reads a connection that was open before from its next request on', () => {
    const rule = aRule('request', { patch: { queries: [], headers: [['X', '1']] } });
    const { seen, client, replica } = aConnection([rule], false);
    client('rest of a request');
    replica('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(rule).to.include({ messagesSeen: 0, connectionsUnread: 0 });
    client(get('/a'));
    expect(seen.toReplica).to.equal('rest of a requestGET /a HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n');
    expect(rule).to.include({ messagesSeen: 1, patched: 1, connectionsUnread: 0 });
  });

  it('lets another protocol through, and counts it once', () => {
    const rule = aRule('request', { abort: true });
    const { seen, client, replica } = aConnection([rule]);
    client('\x16\x03\x01hello');
    replica('\x16\x03\x03hi');
    client('more');
    expect(seen).to.include({ toReplica: '\x16\x03\x01hellomore', toClient: '\x16\x03\x03hi', aborts: 0 });
    expect(rule).to.include({ messagesSeen: 0, connectionsUnread: 1 });
  });

  it('lets what follows an upgrade through, and counts the connection', () => {
    const rule = aRule('response', { replace: { code: 500, queries: [], headers: [] } });
    const { seen, client, replica } = aConnection([rule]);
    const asked = 'GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const answered = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
    client(asked);
    replica(`${answered}frame`);
    client('GET is not a request here');
    expect(seen.toClient).to.equal(`${answered}frame`);
    expect(seen.toReplica).to.equal(`${asked}GET is not a request here`);
    expect(rule).to.include({ connectionsUnread: 1, replaced: 0 });
  });
});
