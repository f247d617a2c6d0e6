import { expect } from 'chai';
import { parseHttpRule } from '../../../../../src/chaos/local/proxy/parse-http-rule.js';

const common = { mode: 'all', selector: {}, target: 'Request', port: 8080 };

function refusalsOf(spec: Record<string, unknown>): string[] {
  const parsed = parseHttpRule({ ...common, ...spec });
  return parsed.status === 'refused' ? parsed.refusals.map(({ code, message }) => `${code} ${message}`) : [];
}

describe('parseHttpRule', () => {
  it('reads an abort of matching requests', () => {
    const spec = { path: '/orders/*', method: 'POST', request_headers: { 'X-Tier': '1' }, abort: true };
    expect(parseHttpRule({ ...common, ...spec })).to.deep.equal({
      status: 'parsed',
      warnings: [],
      fault: {
        type: 'http',
        target: 'request',
        port: 8080,
        match: { path: '/orders/*', method: 'POST', requestHeaders: [['X-Tier', '1']], responseHeaders: [] },
        actions: {
          abort: true,
          delayMs: 0,
          replace: { queries: [], headers: [] },
          patch: { queries: [], headers: [] },
        },
      },
    });
  });

  it('reads a response that is replaced', () => {
    const replace = { code: 503, body: 'e30=', headers: { 'Content-Type': 'application/json' } };
    const patch = { headers: [['Set-Cookie', 'a=1']] };
    const parsed = parseHttpRule({ ...common, target: 'Response', code: 200, delay: '1s', replace, patch });
    expect(parsed.status === 'parsed' && parsed.fault.match.code).to.equal(200);
    expect(parsed.status === 'parsed' && parsed.fault.actions).to.deep.equal({
      abort: false,
      delayMs: 1000,
      replace: { code: 503, body: 'e30=', queries: [], headers: [['Content-Type', 'application/json']] },
      patch: { queries: [], headers: [['Set-Cookie', 'a=1']] },
    });
  });

  it('reads a request that is replaced', () => {
    const replace = { path: '', method: 'DELETE', queries: { foo: 'bar' } };
    const parsed = parseHttpRule({ ...common, replace, patch: { queries: [['foo', 'baz']] } });
    expect(parsed.status === 'parsed' && parsed.fault.actions.replace).to.deep.equal({
      path: '/',
      method: 'DELETE',
      queries: [['foo', 'bar']],
      headers: [],
    });
  });

  it('refuses what it cannot do honestly', () => {
    expect(refusalsOf({ abort: true, tls: {} })[0]).to.match(/^needs-a-cluster spec.tls/);
    expect(refusalsOf({ patch: { body: { type: 'JSON', value: '{}' } } })[0]).to.match(
      /^needs-a-cluster spec.patch.body/,
    );
    expect(refusalsOf({ replace: { headers: { 'content-length': '1' } } })[0]).to.match(/^needs-a-cluster/);
  });

  it('refuses fields of the other target, which would silently do nothing', () => {
    expect(refusalsOf({ abort: true, code: 200, response_headers: { a: 'b' } })).to.have.length(2);
    expect(refusalsOf({ replace: { code: 500 } })).to.have.length(1);
    const replace = { path: '/', method: 'GET', queries: { a: 'b' } };
    expect(refusalsOf({ target: 'Response', replace })).to.have.length(3);
  });

  it('tells every mistake at once', () => {
    expect(
      refusalsOf({
        target: 'Both',
        port: 0,
        method: 'get',
        abort: 'yes',
        replace: { body: 'not base64!' },
        pth: '/',
      }),
    ).to.have.length(6);
    expect(refusalsOf({})).to.deep.equal(['invalid-field spec: no action']);
    expect(refusalsOf({ delay: '10' })[0]).to.match(/a duration needs a unit/);
    expect(refusalsOf({ patch: { headers: [['a']] } })).to.have.length(1);
    expect(refusalsOf({ replace: { headers: { a: 1 } } })).to.have.length(1);
    expect(refusalsOf({ replace: { headers: { a: 'b\r\nc: d' } } })).to.have.length(1);
    expect(refusalsOf({ replace: { path: '/a b' } })).to.have.length(1);
  });
});
