import { expect } from 'chai';
import type { KubeObject } from '../../../../src/shared/kubernetes/kube-client.js';
import { KubeError } from '../../../../src/shared/kubernetes/kube-error.js';
import { listObjects } from '../../../../src/shared/kubernetes/list-objects.js';
import { readLines } from '../../../../src/shared/kubernetes/read-lines.js';
import { watchObjects, type ObjectChange } from '../../../../src/shared/kubernetes/watch-objects.js';
import { answer, openFakeApiServer, stream, type FakeApiServer } from '../../../support/fake-api-server.js';
import { realClock } from '../../../support/real-clock.js';
import { rejection } from '../../../e2e/support/rejection.js';

const path = '/api/v1/namespaces/shop/pods';
const logger = { debug: () => undefined, warn: () => undefined };
const timing = { silenceMs: 60_000, serverTimeoutSeconds: 600, firstBackoffMs: 5, longestBackoffMs: 20 };

describe('watchObjects', () => {
  let server: FakeApiServer;

  afterEach(async () => {
    await server.close();
  });

  it('lists, then watches from there on', async () => {
    server = await openFakeApiServer((request, response) => {
      if (isWatch(request)) stream(response, event('ADDED', 'c', 11), event('DELETED', 'a', 12));
      else answer(response, list(10, 'a', 'b'));
    });
    expect(await changes(3)).to.deep.equal(['listed a b', 'changed c', 'deleted a']);
    expect(server.requests[1]).to.include('resourceVersion=10').and.include('allowWatchBookmarks=true');
  });

  it('goes on from a known version without a list', async () => {
    server = await openFakeApiServer((_, response) => {
      stream(response, event('MODIFIED', 'a', 8));
    });
    expect(await changes(1, { from: '7' })).to.deep.equal(['changed a']);
    expect(server.requests).to.have.length(1);
    expect(server.requests[0]).to.include('resourceVersion=7');
  });

  it('goes on where it was after the server ends the watch, counting bookmarks too', async () => {
    let watches = 0;
    server = await openFakeApiServer((request, response) => {
      if (!isWatch(request)) {
        answer(response, list(10));
        return;
      }
      watches += 1;
      if (watches === 1) {
        stream(response, event('ADDED', 'a', 11), event('BOOKMARK', '', 40));
        response.end();
      } else stream(response, event('ADDED', 'b', 41));
    });
    expect(await changes(3)).to.deep.equal(['listed ', 'changed a', 'changed b']);
    expect(server.requests[2]).to.include('resourceVersion=40');
  });

  it('lists again when its version has expired, by an event or by an answer', async () => {
    for (const expire of [
      (response: Parameters<typeof stream>[0]) => {
        stream(response, { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } });
      },
      (response: Parameters<typeof stream>[0]) => {
        answer(response, { kind: 'Status', code: 410, message: 'too old' }, 410);
      },
    ]) {
      let lists = 0;
      server = await openFakeApiServer((request, response) => {
        if (!isWatch(request)) answer(response, list(10 * ++lists, `pod-${lists}`));
        else if (lists === 1) expire(response);
        else stream(response, event('ADDED', 'new', 21));
      });
      expect(await changes(3)).to.deep.equal(['listed pod-1', 'listed pod-2', 'changed new']);
      await server.close();
    }
  });

  it('goes on after refusals, broken connections and half a line', async () => {
    let watches = 0;
    server = await openFakeApiServer((request, response) => {
      if (!isWatch(request)) {
        answer(response, list(10));
        return;
      }
      watches += 1;
      if (watches === 1) answer(response, { message: 'try later', code: 503 }, 503);
      else if (watches === 2) response.socket?.destroy();
      else if (watches === 3) {
        stream(response, event('ADDED', 'a', 11));
        response.write('{"type":"ADDED","obj');
        setTimeout(() => response.socket?.destroy(), 20);
      } else stream(response, event('ADDED', 'b', 12));
    });
    expect(await changes(3)).to.deep.equal(['listed ', 'changed a', 'changed b']);
    expect(server.requests.at(-1)).to.include('resourceVersion=11');
  });

  it('gives up a connection through which nothing comes any more', async () => {
    let watches = 0;
    server = await openFakeApiServer((request, response) => {
      if (!isWatch(request)) answer(response, list(10));
      else if (++watches === 1) response.writeHead(200).flushHeaders();
      else stream(response, event('ADDED', 'a', 11));
    });
    expect(await changes(2, { timing: { ...timing, silenceMs: 100 } })).to.deep.equal([
      'listed ',
      'changed a',
    ]);
  });

  it('swallows nothing that whoever reads the events throws', async () => {
    server = await openFakeApiServer((request, response) => {
      if (isWatch(request)) stream(response, event('ADDED', 'c', 11));
      else answer(response, list(10));
    });
    const pick = (object: KubeObject): string => {
      throw new TypeError(`a bug with ${object.metadata.name}`);
    };
    const reading = async () => {
      for await (const change of watchObjects(
        { client: server.client, clock: realClock, logger, path, pick, timing },
        new AbortController().signal,
      )) {
        expect(change.type).to.equal('listed');
      }
    };
    expect(await rejection(reading())).to.be.instanceOf(TypeError);
  });

  it('ends when it is told to, whatever it waits for', async () => {
    server = await openFakeApiServer((request, response) => {
      if (!isWatch(request)) answer(response, list(10));
      else response.writeHead(200).flushHeaders();
    });
    const over = new AbortController();
    const seen: string[] = [];
    for await (const change of follow({}, over.signal)) {
      seen.push(change.type);
      setTimeout(() => {
        over.abort();
      }, 20);
    }
    expect(seen).to.deep.equal(['listed']);
  });

  it('lists page by page', async () => {
    server = await openFakeApiServer((request, response) => {
      const second = request.includes('continue=next');
      answer(response, {
        ...list(10, second ? 'b' : 'a'),
        metadata: { resourceVersion: '10', continue: second ? '' : 'next' },
      });
    });
    const { items } = await listObjects(server.client, { path }, nameOf, new AbortController().signal);
    expect(items).to.deep.equal(['a', 'b']);
    expect(server.requests).to.have.length(2);
  });

  async function changes(
    count: number,
    options: Partial<Parameters<typeof watchObjects>[0]> = {},
  ): Promise<string[]> {
    const over = new AbortController();
    const seen: string[] = [];
    for await (const change of follow(options, over.signal)) {
      seen.push(`${change.type} ${change.type === 'listed' ? change.objects.join(' ') : change.object}`);
      if (seen.length === count) over.abort();
    }
    return seen;
  }

  function follow(
    options: Partial<Parameters<typeof watchObjects>[0]>,
    signal: AbortSignal,
  ): AsyncGenerator<ObjectChange<string>> {
    const { client } = server;
    return watchObjects({ client, path, logger, clock: realClock, timing, ...options, pick: nameOf }, signal);
  }
});

describe('the client of a cluster', () => {
  let server: FakeApiServer;

  afterEach(async () => {
    await server.close();
  });

  it('shows a refusal in the words of the API server', async () => {
    server = await openFakeApiServer((_, response) => {
      answer(response, { kind: 'Status', reason: 'Forbidden', message: 'pods is forbidden', code: 403 }, 403);
    });
    const error = await refusal();
    expect(error).to.include({ status: 403, reason: 'Forbidden', message: 'pods is forbidden' });
  });

  it('shows what something in between says in its own words', async () => {
    server = await openFakeApiServer((_, response) => {
      response.writeHead(502).end('<h1>Bad Gateway</h1>');
    });
    expect((await refusal()).message).to.equal('the API server answered 502: <h1>Bad Gateway</h1>');
  });

  it('tells no answer from a refusal', async () => {
    server = await openFakeApiServer((_, response) => response.socket?.destroy());
    expect(await refusal()).to.include({ status: 0 });
  });

  it('says who it is and whom it acts for, and how long the body of a deletion is', async () => {
    server = await openFakeApiServer(
      (_, response) => {
        answer(response, {});
      },
      { user: 'tenant', groups: ['a', 'b'] },
    );
    const body = { preconditions: { uid: 'ü' } };
    await server.client.send({ method: 'DELETE', path, body }, new AbortController().signal);
    const { headers } = server.last;
    expect(JSON.parse(server.last.body)).to.deep.equal(body);
    expect(headers).to.include({
      authorization: 'Bearer a-token',
      'impersonate-user': 'tenant',
      'impersonate-group': 'a, b',
      'content-length': String(Buffer.byteLength(JSON.stringify(body))),
    });
  });

  async function refusal(): Promise<KubeError> {
    try {
      await server.client.send({ method: 'GET', path }, new AbortController().signal);
    } catch (error) {
      if (error instanceof KubeError) return error;
      throw error;
    }
    throw new Error('it was answered');
  }
});

describe('readLines', () => {
  it('puts lines together however they were cut, letters of several bytes too', async () => {
    const text = '{"a":"größe"}\n\n{"b":2}\nunfinished';
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const lines: string[] = [];
      for await (const line of readLines(pieces(bytes, size))) lines.push(line);
      expect(lines).to.deep.equal(['{"a":"größe"}', '{"b":2}']);
    }
  });
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

function isWatch(request: string): boolean {
  return request.includes('watch=true');
}

function event(type: string, name: string, version: number): unknown {
  return { type, object: { metadata: { name, resourceVersion: String(version) } } };
}

function list(version: number, ...names: readonly string[]) {
  return {
    metadata: { resourceVersion: String(version) },
    items: names.map((name) => ({ metadata: { name } })),
  };
}

function nameOf(object: KubeObject): string {
  return object.metadata.name;
}
