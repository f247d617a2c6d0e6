import { expect } from 'chai';
import { compileRequest } from '../../../../src/bench/embedded/compile-request.js';
import { requestUuid } from '../../../../src/bench/embedded/request-uuid.js';
import { aRequest } from '../../../support/a-request.js';

describe('compileRequest', () => {
  it('fills tokens in path, query, headers and body', () => {
    const compiled = compileRequest(
      aRequest({
        method: 'PUT',
        url: 'http://127.0.0.1:1/orders/{{uuid}}?n={{ seq }}',
        headers: { 'x-id': '{{seq}}' },
        body: '{"n":{{seq}}}',
      }),
      0,
    );
    const built = compiled.build({ seq: 3, uuid: 'abc' });
    expect(built.path).to.equal('/orders/abc?n=3');
    expect(built.headers).to.deep.equal(['user-agent', 'plimsoll', 'x-id', '3']);
    expect(built.body).to.equal('{"n":3}');
  });

  it('prepares a request without tokens once', () => {
    const compiled = compileRequest(aRequest({ body: '{"item":"tea"}' }), 0);
    expect(compiled.usesTokens).to.equal(false);
    expect(compiled.build({ seq: 1, uuid: '' })).to.equal(compiled.build({ seq: 2, uuid: '' }));
  });

  it('keeps the user agent that the experiment gives', () => {
    const compiled = compileRequest(aRequest({ headers: { 'User-Agent': 'shop' } }), 0);
    expect(compiled.build({ seq: 1, uuid: '' }).headers).to.deep.equal(['User-Agent', 'shop']);
  });
});

describe('requestUuid', () => {
  it('is a UUID of version 8, other for each request and each load', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const startedAtMs = 1_790_000_000_000.25;
    const uuids = [1, 2, 4096, 1e12].map((seq) => requestUuid(startedAtMs, seq));
    uuids.push(requestUuid(startedAtMs + 0.01, 1));
    for (const uuid of uuids) expect(uuid).to.match(form);
    expect(new Set(uuids).size).to.equal(uuids.length);
  });
});
