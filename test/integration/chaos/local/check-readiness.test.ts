import { expect } from 'chai';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkReadiness, untilReady } from '../../../../src/chaos/local/services/check-readiness.js';
import type { ProcessExit } from '../../../../src/shared/spawn-process.js';
import { aFreePort } from '../../../support/a-local-environment.js';
import { realClock } from '../../../support/real-clock.js';

const never = new AbortController().signal;
const host = '127.0.0.1';
const alive = new Promise<ProcessExit>(() => undefined);

describe('the readiness of a replica', () => {
  let server: Server | undefined;
  async function serve(listener: RequestListener): Promise<number> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, host, resolve));
    return (started.address() as AddressInfo).port;
  }
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  it('is a 2xx on its path, and nothing else', async () => {
    const port = await serve((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.end();
    });
    const seen = async (path: string) => await checkReadiness({ host, port }, path, never);
    expect(await seen('/200')).to.deep.equal({ status: 'ready' });
    expect(await seen('/204')).to.deep.equal({ status: 'ready' });
    expect(await seen('/302')).to.deep.equal({ status: 'not-ready', answer: 'HTTP 302 on /302' });
    expect(await seen('/503')).to.deep.equal({ status: 'not-ready', answer: 'HTTP 503 on /503' });
  });

  it('is a connection where there is no path', async () => {
    const port = await serve(() => undefined);
    expect(await checkReadiness({ host, port }, undefined, never)).to.deep.equal({ status: 'ready' });
    const nobody = { host, port: await aFreePort() };
    expect(await checkReadiness(nobody, undefined, never)).to.deep.equal({
      status: 'not-ready',
      answer: 'connection refused',
    });
  });

  it('is not waited for beyond a second in each request', async () => {
    const port = await serve(() => undefined);
    expect(await checkReadiness({ host, port }, '/', never)).to.deep.equal({
      status: 'not-ready',
      answer: 'no answer within 1 s',
    });
  });

  it('is asked for again until it comes', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      response.statusCode = (asked += 1) < 3 ? 503 : 200;
      response.end();
    });
    const readiness = { http: '/', period: 1, timeout: 60_000 };
    const outcome = await untilReady({ host, port, exited: alive }, readiness, realClock, never);
    expect(outcome).to.deep.equal({ status: 'ready' });
    expect(asked).to.equal(3);
  });

  it('is given up with the process, with the time, and with the signal', async () => {
    const port = await serve((_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    const replica = { host, port, exited: alive };
    const exit: ProcessExit = { status: 'exited', code: 1 };
    const patient = { http: '/', period: 5, timeout: 60_000 };
    const gone = { ...replica, exited: Promise.resolve(exit) };
    expect(await untilReady(gone, patient, realClock, never)).to.deep.equal({ status: 'exited', exit });

    const hasty = { http: '/', period: 5, timeout: 1 };
    const late = await untilReady(replica, hasty, realClock, never);
    expect(late).to.deep.equal({ status: 'late', lastAnswer: 'HTTP 503 on /' });

    const interrupt = new AbortController();
    const waiting = untilReady(replica, patient, realClock, interrupt.signal);
    interrupt.abort(new Error('enough'));
    const [outcome] = await Promise.allSettled([waiting]);
    expect(outcome).to.have.nested.property('reason.message', 'enough');
  });
});
