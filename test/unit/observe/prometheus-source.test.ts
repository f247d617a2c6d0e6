import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MetricSource } from '../../../src/observe/metric-source.js';
import {
  createPrometheusSource,
  type PrometheusOptions,
} from '../../../src/observe/prometheus/prometheus-source.js';
import { freePort } from '../../support/free-port.js';

const signal = new AbortController().signal;

describe('createPrometheusSource', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const seen: { path: string; body: string; headers: IncomingMessage['headers'] }[] = [];

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ path: request.url ?? '', body, headers: request.headers });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function aSource(options: Partial<PrometheusOptions> = {}): MetricSource {
    const { port } = server.address() as AddressInfo;
    return createPrometheusSource({
      url: `http://127.0.0.1:${port}/prom/`,
      headers: {},
      timeoutMs: 10_000,
      maxLagMs: 30_000,
      ...options,
    });
  }

  function says(body: unknown, status = 200): void {
    answer = (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  }

  it('asks for a range, and reads its series', async () => {
    const values = [
      [100, '0.5'],
      [101.5, 'NaN'],
      [103, '+Inf'],
    ];
    says({ status: 'success', data: { resultType: 'matrix', result: [{ metric: { pod: 'a' }, values }] } });
    const source = aSource({ headers: { 'X-Scope-OrgID': 'shop' } });
    const range = { startMs: 100_000, endMs: 103_000, stepMs: 1500 };
    const found = await source.queryRange('max(x)', range, signal);
    expect(found).to.deep.equal({
      status: 'answered',
      series: [
        {
          labels: { pod: 'a' },
          points: [
            { atMs: 100_000, value: 0.5 },
            { atMs: 101_500, value: NaN },
            { atMs: 103_000, value: Infinity },
          ],
        },
      ],
    });
    const { path, body, headers } = seen.at(-1)!;
    expect(path).to.equal('/prom/api/v1/query_range');
    expect(Object.fromEntries(new URLSearchParams(body))).to.deep.equal({
      query: 'max(x)',
      start: '100.000',
      end: '103.000',
      step: '1.500',
    });
    expect(headers).to.include({ 'x-scope-orgid': 'shop' });
  });

  it('reads the value of a vector, and a scalar as one series', async () => {
    says({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, value: [7, '3'] }] },
    });
    const vector = await aSource().query('x', 7000, signal);
    expect(vector).to.deep.include({ series: [{ labels: {}, points: [{ atMs: 7000, value: 3 }] }] });
    says({ status: 'success', data: { resultType: 'scalar', result: [7, '4'] } });
    expect(await aSource().query('time()', undefined, signal)).to.deep.include({
      series: [{ labels: {}, points: [{ atMs: 7000, value: 4 }] }],
    });
    expect(seen.at(-1)?.body).to.equal('query=time%28%29');
  });

  it('tells a query that it refuses from a server that is unwell', async () => {
    const error = (errorType: string) => ({ status: 'error', errorType, error: 'words of the server' });
    says(error('bad_data'), 400);
    expect(await aSource().query('x', 0, signal)).to.deep.equal({
      status: 'refused',
      reason: 'words of the server',
    });
    says(error('unavailable'), 503);
    expect(await aSource().query('x', 0, signal)).to.have.property('status', 'unreachable');
    for (const [status, words] of [
      [401, 'refuses this caller'],
      [404, 'no query API'],
      [200, 'does not answer as Prometheus does'],
    ] as const) {
      says('<html>', status);
      const found = await aSource().query('x', 0, signal);
      expect(found.status === 'unreachable' ? found.reason : '').to.include(words);
    }
  });

  it('sends the token of the file as it is now, and says no secret of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-token-'));
    try {
      const bearerTokenFile = join(folder, 'token');
      const source = aSource({ bearerTokenFile, headers: { 'X-Key': 's3cret' } });
      says('no', 401);
      const missing = await source.query('x', 0, signal);
      expect(JSON.stringify(missing)).to.include('its bearerTokenFile cannot be read');
      for (const token of ['first', 'second']) {
        await writeFile(bearerTokenFile, `${token}\n`);
        const refused = await source.query('x', 0, signal);
        expect(seen.at(-1)?.headers.authorization).to.equal(`Bearer ${token}`);
        expect(JSON.stringify(refused)).not.to.match(/first|second|s3cret/);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('gives up on silence and on nobody, and heeds its signal', async () => {
    answer = () => undefined;
    const late = await aSource({ timeoutMs: 50 }).query('x', 0, signal);
    expect(late.status === 'unreachable' ? late.reason : '').to.match(/gave no answer within 50 ms$/);
    const url = `http://127.0.0.1:${await freePort()}`;
    const nobody = await aSource({ url }).query('x', 0, signal);
    expect(nobody.status === 'unreachable' ? nobody.reason : '').to.match(/gives no answer: .*ECONNREFUSED/);
    const reason = new Error('enough');
    const thrown = await aSource()
      .query('x', 0, AbortSignal.abort(reason))
      .catch((error: unknown) => error);
    expect(thrown).to.equal(reason);
  });
});
