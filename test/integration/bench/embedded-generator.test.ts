import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import { createEmbeddedGenerator } from '../../../src/bench/embedded/embedded-generator.js';
import type { HttpLoad, LoadOutcome } from '../../../src/bench/load-generator.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../src/bench/sample-batch.js';
import { aRequest } from '../../support/a-request.js';
import { createCollectingTape, type CollectingTape } from '../../support/collecting-tape.js';
import { realClock } from '../../support/real-clock.js';

const silent = { debug: () => undefined, warn: () => undefined };
const generator = createEmbeddedGenerator({ clock: realClock, logger: silent });
const never = new AbortController().signal;

describe('the embedded generator', () => {
  const servers: Server[] = [];

  async function serve(
    handler: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<string> {
    const server = createServer(handler);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  function aLoad(url: string, overrides: Partial<HttpLoad> = {}): HttpLoad {
    return {
      kind: 'http',
      requests: [aRequest({ url })],
      timeoutMs: 10_000,
      profile: { model: 'open', ratePerSecond: 200, maxVUs: 50 },
      maxDurationMs: 60_000,
      ...overrides,
    };
  }

  /** Runs a load until the condition holds, then stops it. */
  async function runUntil(
    load: HttpLoad,
    holds: (tape: CollectingTape) => boolean,
    graceMs = 5000,
  ): Promise<{ tape: CollectingTape; outcome: LoadOutcome; startedAtMs: number }> {
    const tape = createCollectingTape();
    const running = await generator.start(load, tape, never);
    while (!holds(tape)) await realClock.sleep(20, never);
    const outcome = await running.stop(graceMs);
    return { tape, outcome, startedAtMs: running.startedAtMs };
  }

  it('counts exactly the requests that the server counts, and sends what the experiment says', async () => {
    const served = { get: 0, post: 0 };
    const bodies: string[] = [];
    const url = await serve((request, response) => {
      if (request.method === 'GET') {
        served.get += 1;
        response.end('{}');
        return;
      }
      served.post += 1;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(`${request.headers['content-type'] ?? ''} ${Buffer.concat(chunks).toString()}`);
        response.writeHead(201).end('{}');
      });
    });
    const { tape, outcome } = await runUntil(
      aLoad(url, {
        requests: [
          aRequest({ name: 'read', url: `${url}/orders/1`, weight: 3 }),
          aRequest({
            name: 'submit',
            method: 'POST',
            url: `${url}/orders`,
            headers: { 'content-type': 'application/json' },
            body: '{"item":"tea","n":{{seq}}}',
          }),
        ],
      }),
      ({ samples }) => samples.length >= 200,
    );
    const by = (name: string): number => tape.samples.filter(({ endpoint }) => endpoint === name).length;
    expect(by('read')).to.equal(served.get);
    expect(by('submit')).to.equal(served.post);
    // Three to one, but for what a busy machine could not send in time.
    expect(by('read') / by('submit')).to.be.within(2, 4);
    expect(new Set(bodies).size).to.equal(served.post);
    expect(bodies[0]).to.match(/^application\/json \{"item":"tea","n":\d+\}$/);
    expect(outcome).to.include({ status: 'ended', how: 'stopped', requests: served.get + served.post });
    expect(tape.samples.every(({ result }) => result === RESULT_OK)).to.equal(true);
    expect(tape.lateOnes).to.deep.equal([]);
  });

  it('keeps its schedule, whatever the server does', async () => {
    const url = await serve((_request, response) => response.end());
    const { tape, startedAtMs } = await runUntil(aLoad(url), ({ samples }) => samples.length >= 100);
    const due = [...tape.samples.map(({ startMs }) => startMs), ...tape.droppedAtMs].sort((a, b) => a - b);
    due.forEach((at, index) => {
      expect(at).to.be.closeTo(startedAtMs + index * 5, 0.01);
    });
  });

  it('counts the wait for a free connection from when the request was due', async () => {
    // One connection, 200 requests a second, 20 ms each: all but the first have to wait.
    const url = await serve((_request, response) => setTimeout(() => response.end(), 20));
    const { tape } = await runUntil(
      aLoad(url, { profile: { model: 'open', ratePerSecond: 200, maxVUs: 1 } }),
      ({ droppedAtMs, samples }) => droppedAtMs.length >= 20 && samples.length >= 20,
    );
    // One at a time: each ends at least 15 ms (a timer may fire a little early) later after its due time than the one before.
    const latencies = tape.samples.slice(0, 20).map(({ latencyUs }) => latencyUs / 1000);
    expect(latencies[19]).to.be.greaterThan(19 * 13);
    // The queue is bounded: who waited for a second was not sent.
    expect(tape.droppedAtMs.length).to.be.greaterThan(0);
    expect(tape.lateOnes).to.deep.equal([]);
  });

  it('loses no request of the schedule: each is a sample or was dropped', async () => {
    const url = await serve((_request, response) => setTimeout(() => response.end(), 20));
    const { tape, startedAtMs } = await runUntil(
      aLoad(url, { profile: { model: 'open', ratePerSecond: 200, maxVUs: 1 } }),
      ({ droppedAtMs }) => droppedAtMs.length >= 20,
    );
    const due = [...tape.samples.map(({ startMs }) => startMs), ...tape.droppedAtMs].sort((a, b) => a - b);
    due.forEach((at, index) => {
      expect(at).to.be.closeTo(startedAtMs + index * 5, 0.01);
    });
  });

  it('counts a stall of the server from when the requests were due', async () => {
    let openAtMs = Number.POSITIVE_INFINITY;
    const waiting: ServerResponse[] = [];
    const url = await serve((_request, response) => {
      if (realClock.nowMs() >= openAtMs) response.end();
      else waiting.push(response);
    });
    const tape = createCollectingTape();
    const load = aLoad(url, { profile: { model: 'open', ratePerSecond: 100, maxVUs: 10 } });
    const running = await generator.start(load, tape, never);
    while (waiting.length < 10) await realClock.sleep(10, never);
    await realClock.sleep(300, never);
    openAtMs = realClock.nowMs();
    for (const response of waiting) response.end();
    while (tape.samples.length < 60) await realClock.sleep(20, never);
    await running.stop(5000);
    // Those that were due in the stall had no connection, and waited for its end all the same.
    const stalled = tape.samples.filter(({ startMs }) => startMs < openAtMs);
    expect(stalled.length).to.be.greaterThan(20);
    for (const { startMs, latencyUs } of stalled) {
      expect(startMs + latencyUs / 1000).to.be.at.least(openAtMs - 1);
    }
  });

  it('gives a request up after its timeout, and counts the time until then', async () => {
    const url = await serve(() => undefined);
    const { tape, outcome } = await runUntil(
      aLoad(url, { timeoutMs: 150, profile: { model: 'open', ratePerSecond: 50, maxVUs: 50 } }),
      ({ samples }) => samples.length >= 10,
      0,
    );
    expect(outcome.status).to.equal('ended');
    for (const { result } of tape.samples) expect(result).to.equal(RESULT_NO_RESPONSE);
    for (const { latencyUs } of tape.samples.slice(0, 10)) expect(latencyUs).to.be.at.least(150_000);
  });

  it('gives up a connection that never gets established', async () => {
    // It accepts, and never answers the TLS handshake.
    const open = new Set<Socket>();
    const server = createTcpServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { tape } = await runUntil(
      aLoad(url, { timeoutMs: 100, profile: { model: 'open', ratePerSecond: 50, maxVUs: 5 } }),
      ({ samples }) => samples.length >= 10,
      0,
    );
    for (const { result } of tape.samples) expect(result).to.equal(RESULT_NO_RESPONSE);
    for (const { latencyUs } of tape.samples.slice(0, 10)) expect(latencyUs).to.be.at.least(100_000);
    // Nothing of the attempts is left behind.
    while (open.size > 0) await realClock.sleep(10, never);
    await new Promise((resolve) => server.close(resolve));
  });

  it('takes a refused connection for a request without a response, never of no length', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { tape } = await runUntil(aLoad(`http://127.0.0.1:${port}`), ({ samples }) => samples.length >= 20);
    for (const { result, latencyUs } of tape.samples) {
      expect(result).to.equal(RESULT_NO_RESPONSE);
      expect(latencyUs).to.be.at.least(1);
    }
  });

  it('connects again after its connections were cut', async () => {
    let served = 0;
    const url = await serve((request, response) => {
      served += 1;
      if (served % 10 === 0) request.socket.destroy();
      else response.end();
    });
    const { tape } = await runUntil(aLoad(url), ({ samples }) => samples.length >= 100);
    const cut = tape.samples.filter(({ result }) => result === RESULT_NO_RESPONSE).length;
    expect(tape.samples.length).to.equal(served);
    expect(cut).to.equal(Math.floor(served / 10));
  });

  it('takes a status outside the expected ones for a failed response', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end('busy'));
    const { tape } = await runUntil(aLoad(url), ({ samples }) => samples.length >= 20);
    for (const { result } of tape.samples) expect(result).to.equal(RESULT_FAILED_RESPONSE);
  });

  it('takes a body that breaks off for no response', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const { tape } = await runUntil(aLoad(url), ({ samples }) => samples.length >= 10);
    for (const { result } of tape.samples) expect(result).to.equal(RESULT_NO_RESPONSE);
  });

  it('lets each user of a closed load wait for its answer', async () => {
    let open = 0;
    let most = 0;
    let served = 0;
    const url = await serve((_request, response) => {
      open += 1;
      served += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end();
      }, 5);
    });
    const { tape } = await runUntil(
      aLoad(url, { profile: { model: 'closed', vus: 4 } }),
      ({ samples }) => samples.length >= 50,
    );
    expect(most).to.be.at.most(4);
    expect(tape.samples.length).to.equal(served);
  });

  it('lets requests in flight finish within the grace', async () => {
    let served = 0;
    const url = await serve((_request, response) => {
      served += 1;
      setTimeout(() => response.end(), 300);
    });
    const tape = createCollectingTape();
    const running = await generator.start(aLoad(url), tape, never);
    while (served < 10) await realClock.sleep(10, never);
    const outcome = await running.stop(20_000);
    expect(outcome).to.include({ status: 'ended', how: 'stopped', requests: served });
    expect(tape.samples.every(({ result }) => result === RESULT_OK)).to.equal(true);
  });

  it('gives up what is in flight when the grace is over, with the time it took', async () => {
    let served = 0;
    const url = await serve(() => (served += 1));
    const tape = createCollectingTape();
    const load = aLoad(url, { profile: { model: 'open', ratePerSecond: 200, maxVUs: 500 } });
    const running = await generator.start(load, tape, never);
    while (served < 10) await realClock.sleep(10, never);
    const [first, second] = await Promise.all([running.stop(60_000), running.stop(50)]);
    expect(first).to.equal(second);
    expect(await running.stop(0)).to.equal(first);
    expect(tape.samples.length).to.be.at.least(10);
    for (const { result, latencyUs } of tape.samples) {
      expect(result).to.equal(RESULT_NO_RESPONSE);
      expect(latencyUs).to.be.at.least(50_000);
    }
  });

  it('ends by itself when its time is over', async () => {
    let served = 0;
    const url = await serve((_request, response) => {
      served += 1;
      response.end();
    });
    const tape = createCollectingTape();
    const running = await generator.start(aLoad(url, { maxDurationMs: 300 }), tape, never);
    const outcome = await running.finished;
    expect(outcome).to.include({ status: 'ended', how: 'finished', requests: served });
    expect(served + tape.droppedAtMs.length).to.equal(60);
  });

  it('gives everything up at once when the run is aborted', async () => {
    let served = 0;
    const url = await serve(() => (served += 1));
    const abort = new AbortController();
    const tape = createCollectingTape();
    const running = await generator.start(aLoad(url), tape, abort.signal);
    while (served < 5) await realClock.sleep(10, never);
    abort.abort(new Error('interrupted'));
    expect(await running.finished).to.include({ status: 'ended', how: 'stopped' });
    expect(tape.samples.length).to.be.at.least(5);
  });

  it('does not start when the run was aborted before', async () => {
    const error: unknown = await generator
      .start(aLoad('http://127.0.0.1:1'), createCollectingTape(), AbortSignal.abort())
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'LOAD_FAILED');
  });

  it('rejects the start when its thread cannot run', async () => {
    const broken = createEmbeddedGenerator({
      clock: realClock,
      logger: silent,
      workerUrl: new URL('data:text/javascript,throw new Error("no memory")'),
    });
    const error: unknown = await broken
      .start(aLoad('http://127.0.0.1:1'), createCollectingTape(), never)
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'LOAD_FAILED');
    expect((error as Error).message).to.include('no memory');
  });

  it('reports a thread that crashes in mid-load', async () => {
    const crashing = `
      import { parentPort } from 'node:worker_threads';
      parentPort.postMessage({ kind: 'started', atMs: 1 });
      parentPort.on('message', () => { throw new Error('out of memory'); });
    `;
    const broken = createEmbeddedGenerator({
      clock: realClock,
      logger: silent,
      workerUrl: new URL(`data:text/javascript,${encodeURIComponent(crashing)}`),
    });
    const running = await broken.start(aLoad('http://127.0.0.1:1'), createCollectingTape(), never);
    const outcome = await running.stop(0);
    expect(outcome.status).to.equal('failed');
    expect(outcome).to.have.property('reason').that.includes('out of memory');
  });

  it('finds requests that cannot be sent before it starts', async () => {
    const load = aLoad('ftp://127.0.0.1/x', { profile: { model: 'closed', vus: 1 } });
    const findings = await generator.preflight(load, never);
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
      'warning closed-model',
      'stop invalid-request',
    ]);
  });
});
