import { expect } from 'chai';
import { buildHttpScript } from '../../../../src/bench/k6/build-http-script.js';
import { aRequest } from '../../../support/a-request.js';

describe('buildHttpScript', () => {
  const text = buildHttpScript({
    requests: [
      {
        name: 'POST /orders',
        method: 'POST',
        url: 'http://a/orders',
        headers: { 'content-type': 'application/json' },
        body: '{"sku":"\u2028"}',
        weight: 3,
        expectStatus: { min: 200, max: 201 },
      },
    ],
    timeoutMs: 1500,
  });

  it('holds every request with its name, statuses and timeout', () => {
    const json = /const requests = (\[[^]*?\n\]);/.exec(text)?.[1] ?? '';
    expect(JSON.parse(json)).to.deep.equal([
      {
        method: 'POST',
        url: 'http://a/orders',
        body: '{"sku":"\u2028"}',
        weight: 3,
        expectStatus: { min: 200, max: 201 },
        params: {
          headers: { 'content-type': 'application/json' },
          tags: { name: 'POST /orders' },
          timeout: '1500ms',
          redirects: 0,
        },
      },
    ]);
  });

  it('asks k6 for the number of an iteration only where a request has a token', () => {
    expect(text).to.not.include('k6/execution').and.not.include('filled(');
    for (const part of [
      aRequest({ url: 'http://a/{{seq}}' }),
      aRequest({ headers: { 'x-id': '{{ uuid }}' } }),
      aRequest({ body: '{{uuid}}' }),
    ]) {
      const script = buildHttpScript({ requests: [part], timeoutMs: 1000 });
      expect(script).to.include('k6/execution').and.include('filled(draw())');
    }
  });
});
