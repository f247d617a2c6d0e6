import { expect } from 'chai';
import { parseNetworkRule } from '../../../../../src/chaos/local/proxy/parse-network-rule.js';
import { parseTcRate } from '../../../../../src/chaos/local/proxy/parse-tc-rate.js';

const common = { mode: 'all', selector: { labelSelectors: { app: 'orders' } } };

function refusalsOf(spec: Record<string, unknown>): string[] {
  const parsed = parseNetworkRule({ ...common, ...spec });
  return parsed.status === 'refused' ? parsed.refusals.map(({ code, message }) => `${code} ${message}`) : [];
}

describe('parseNetworkRule', () => {
  it('reads a delay, with jitter and correlation as netem takes them', () => {
    const delay = { latency: '200ms', jitter: '10ms', correlation: '25' };
    expect(parseNetworkRule({ ...common, action: 'delay', delay, duration: '5m' })).to.deep.equal({
      status: 'parsed',
      fault: { type: 'delay', latencyMs: 200, jitterMs: 10, correlation: 0.25 },
      warnings: [],
    });
  });

  it('takes no jitter and no correlation where none is given', () => {
    expect(parseNetworkRule({ ...common, action: 'delay', delay: { latency: '1.5s' } })).to.deep.include({
      fault: { type: 'delay', latencyMs: 1500, jitterMs: 0, correlation: 0 },
    });
  });

  it('reads a bandwidth, and warns of fields that it does not use', () => {
    const bandwidth = { rate: '1mbps', limit: 20971520, buffer: 10000, peakrate: 10, minburst: 1500 };
    const parsed = parseNetworkRule({ ...common, action: 'bandwidth', bandwidth });
    expect(parsed).to.deep.include({ fault: { type: 'bandwidth', bytesPerSecond: 1e6, burstBytes: 10000 } });
    expect(parsed.status === 'parsed' && parsed.warnings.map(({ code }) => code)).to.deep.equal([
      'field-without-effect',
      'field-without-effect',
    ]);
  });

  it('reads a partition, whose direction is `to` by default', () => {
    expect(parseNetworkRule({ ...common, action: 'partition' })).to.deep.include({
      fault: { type: 'partition', direction: 'to' },
    });
    expect(parseNetworkRule({ ...common, action: 'partition', direction: 'both' })).to.deep.include({
      fault: { type: 'partition', direction: 'both' },
    });
  });

  for (const action of ['loss', 'duplicate', 'corrupt', 'netem', 'rate']) {
    it(`refuses ${action}, which needs packets`, () => {
      const refusals = refusalsOf({ action });
      expect(refusals).to.have.length(1);
      expect(refusals[0]).to.match(new RegExp(`^needs-a-cluster spec.action ${action}: `));
    });
  }

  it('refuses a peer, a device and reordering', () => {
    const delay = { latency: '1ms', reorder: { gap: 5, reorder: '25' } };
    const target = { mode: 'all', selector: {} };
    const codes = refusalsOf({ action: 'delay', delay, target, externalTargets: ['a.test'], device: 'eth0' });
    expect(codes.map((text) => text.split(':')[0])).to.deep.equal([
      'needs-a-cluster spec.target',
      'needs-a-cluster spec.externalTargets',
      'needs-a-cluster spec.device',
      'needs-a-cluster spec.delay.reorder',
    ]);
  });

  it('tells every mistake at once, and what was meant', () => {
    expect(
      refusalsOf({ action: 'delay', latency: '1ms', delay: { latancy: '200ms', jitter: '10' } }),
    ).to.deep.equal([
      'invalid-field spec.latency: unknown field',
      'invalid-field spec.delay.latancy: unknown field; did you mean "latency"?',
      'invalid-field spec.delay.latency: missing',
      'invalid-field spec.delay.jitter: cannot read "10": a duration needs a unit (10ms, 10s)',
    ]);
  });

  it('refuses values that Chaos Mesh would refuse', () => {
    expect(refusalsOf({})).to.have.length(1);
    expect(refusalsOf({ action: 'dealy' })).to.deep.equal([
      'invalid-field spec.action: unknown action "dealy"',
    ]);
    expect(refusalsOf({ action: 'delay', delay: { latency: '1ms', correlation: '101' } })).to.have.length(1);
    expect(refusalsOf({ action: 'delay', delay: { latency: '1ms' }, direction: 'both' })).to.have.length(1);
    expect(refusalsOf({ action: 'partition', direction: 'out' })).to.have.length(1);
    expect(refusalsOf({ action: 'bandwidth', bandwidth: {} })).to.have.length(3);
    expect(refusalsOf({ action: 'bandwidth' })).to.have.length(1);
    expect(refusalsOf({ action: 'delay' })).to.have.length(1);
    const bandwidth = { rate: 5, limit: 1, buffer: '1' };
    expect(refusalsOf({ action: 'bandwidth', bandwidth })).to.have.length(2);
  });
});

describe('parseTcRate', () => {
  it('takes bps for bytes and bit for bits, by thousands', () => {
    expect(parseTcRate('1mbps')).to.equal(1_000_000);
    expect(parseTcRate('8Mbit')).to.equal(1_000_000);
    expect(parseTcRate(' 512 kbps ')).to.equal(512_000);
    expect(parseTcRate('100bit')).to.equal(12.5);
  });

  it('takes nothing else', () => {
    for (const text of ['1mb', '1.5mbps', 'fast', '', '10', '1 mb/s'])
      expect(parseTcRate(text)).to.equal(undefined);
  });
});
