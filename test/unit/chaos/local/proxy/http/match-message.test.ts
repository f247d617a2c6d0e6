import { expect } from 'chai';
import fc from 'fast-check';
import { matchesGlob, matchesMessage } from '../../../../../../src/chaos/local/proxy/http/match-message.js';
import type { RequestHead, ResponseHead } from '../../../../../../src/chaos/local/proxy/http/message-head.js';

const request: RequestHead = {
  ...{ kind: 'request', method: 'POST', target: '/orders/7?full=1', version: '1.1' },
  headers: [
    ['Host', 'a'],
    ['X-Tier', '1'],
    ['x-tier', '2'],
  ],
};
const response: ResponseHead = {
  ...{ kind: 'response', version: '1.1', code: 201, reason: 'Created' },
  headers: [['Content-Type', 'text/plain']],
};
const anything = { requestHeaders: [], responseHeaders: [] };

describe('matchesMessage', () => {
  it('matches everything where nothing is given', () => {
    expect(matchesMessage(anything, request)).to.equal(true);
  });

  it('matches the path without its query', () => {
    expect(matchesMessage({ ...anything, path: '/orders/*' }, request)).to.equal(true);
    expect(matchesMessage({ ...anything, path: '/orders/?' }, request)).to.equal(true);
    expect(matchesMessage({ ...anything, path: '/orders/7?full=1' }, request)).to.equal(false);
    const absolute = { ...request, target: 'http://shop:80/orders/7?full=1' };
    expect(matchesMessage({ ...anything, path: '/orders/7' }, absolute)).to.equal(true);
  });

  it('wants all that is given', () => {
    const tier = (value: string) => ({ ...anything, requestHeaders: [['X-TIER', value] as const] });
    expect(matchesMessage(tier('1'), request)).to.equal(true);
    expect(matchesMessage(tier('2'), request)).to.equal(true);
    expect(matchesMessage(tier('3'), request)).to.equal(false);
    expect(matchesMessage({ ...tier('1'), method: 'GET' }, request)).to.equal(false);
    expect(matchesMessage({ ...anything, code: 201 }, request, response)).to.equal(true);
    expect(matchesMessage({ ...anything, code: 200 }, request, response)).to.equal(false);
    const type = { ...anything, responseHeaders: [['content-type', 'text/plain'] as const] };
    expect(matchesMessage(type, request, response)).to.equal(true);
  });
});

describe('matchesGlob', () => {
  it('agrees with a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(globs, letters, (glob, text) => {
        const pattern = glob.replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesGlob(glob, text)).to.equal(new RegExp(`^${pattern}$`).test(text));
      }),
    );
  });

  it('does not try all the ways of many stars', () => {
    expect(matchesGlob('*a'.repeat(50), `${'a'.repeat(20_000)}b`)).to.equal(false);
  });
});
