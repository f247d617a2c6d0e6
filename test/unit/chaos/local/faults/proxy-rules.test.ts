import { expect } from 'chai';
import { createProxyRules } from '../../../../../src/chaos/local/faults/proxy-rules.js';
import type { ProxyRule } from '../../../../../src/chaos/local/proxy/proxy-rule.js';
import { PlimsollError } from '../../../../../src/shared/errors.js';

function aRule(id: string): ProxyRule {
  return { id, replicaUids: ['orders-1#1'], fault: { type: 'partition', direction: 'both' } };
}

describe('the rules of the proxy', () => {
  it('are always all told, one call after the other', async () => {
    const told: string[][] = [];
    let calls = 0;
    const rules = createProxyRules({
      setFaults: async (set) => {
        calls += 1;
        expect(calls).to.equal(1);
        await Promise.resolve();
        calls -= 1;
        told.push(set.map(({ id }) => id));
        return told.length;
      },
    });
    const times = await Promise.all([rules.add(aRule('a')), rules.add(aRule('b')), rules.remove('a')]);
    expect(times).to.deep.equal([1, 2, 3]);
    expect(told).to.deep.equal([['a'], ['a', 'b'], ['b']]);
  });

  it('forget a rule that the proxy did not take, and go on', async () => {
    const told: string[][] = [];
    const rules = createProxyRules({
      setFaults: (set) => {
        told.push(set.map(({ id }) => id));
        return told.length === 1
          ? Promise.reject(new PlimsollError('DEADLINE', 'no answer'))
          : Promise.resolve(told.length);
      },
    });
    let code = '';
    await rules.add(aRule('a')).catch((error: unknown) => (code = (error as PlimsollError).code));
    expect(code).to.equal('DEADLINE');
    await rules.add(aRule('b'));
    expect(told).to.deep.equal([['a'], ['b']]);
  });
});
