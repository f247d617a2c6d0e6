import { expect } from 'chai';
import { endpointName } from '../../../../src/bench/k6/endpoint-name.js';

describe('endpointName', () => {
  it('is the name tag', () => {
    expect(endpointName('POST /orders', 'POST')).to.equal('POST /orders');
    expect(endpointName('checkout: pay', 'POST')).to.equal('checkout: pay');
  });

  it('is method and path where the name is an address', () => {
    expect(endpointName('http://127.0.0.1:8080/orders/7?x=http://a/b#c', 'GET')).to.equal('GET /orders/7');
    expect(endpointName('https://user:****@shop.test', 'HEAD')).to.equal('HEAD /');
    expect(endpointName('http://shop.test?x=1', 'GET')).to.equal('GET /');
    expect(endpointName('http://shop.test/orders/${}', 'GET')).to.equal('GET /orders/${}');
  });
});
