import { expect } from 'chai';
import fc from 'fast-check';
import { createDelayLine, type HeldThing } from '../../../../../src/chaos/local/proxy/delay-line.js';

function aRule() {
  const rule = {
    active: true,
    addedMs: [] as number[],
    held(_what: HeldThing, addedMs: number) {
      rule.addedMs.push(addedMs);
    },
  };
  return rule;
}

describe('createDelayLine', () => {
  it('lets each parcel go at its time and not before', () => {
    const line = createDelayLine();
    const rule = aRule();
    line.push(Buffer.from('a'), [{ rule, ms: 100, what: 'chunk' }], 1000);
    expect(line.ripen(1099.9)).to.equal(1100);
    expect(line.first()).to.be.undefined;
    expect(line.ripen(1100)).to.be.undefined;
    expect(line.take(1).toString()).to.equal('a');
    expect(rule.addedMs).to.deep.equal([100]);
  });

  it('keeps the order where a later parcel has a shorter delay, or none', () => {
    const line = createDelayLine();
    const rule = aRule();
    line.push(Buffer.from('a'), [{ rule, ms: 100, what: 'chunk' }], 0);
    line.push(Buffer.from('b'), [{ rule, ms: 10, what: 'chunk' }], 1);
    line.push('end', [], 2);
    expect(line.ripen(50)).to.equal(100);
    expect(line.first()).to.be.undefined;
    line.ripen(100);
    expect(line.take(1).toString() + line.take(1).toString()).to.equal('ab');
    expect(line.first()).to.equal('end');
  });

  it('lets go at once what only a removed rule held', () => {
    const line = createDelayLine();
    const [gone, staying] = [aRule(), aRule()];
    line.push(Buffer.from('a'), [{ rule: gone, ms: 1000, what: 'chunk' }], 0);
    line.push(
      Buffer.from('b'),
      [
        { rule: gone, ms: 1000, what: 'chunk' },
        { rule: staying, ms: 50, what: 'chunk' },
      ],
      0,
    );
    gone.active = false;
    expect(line.ripen(20)).to.equal(50);
    expect(line.first()?.toString()).to.equal('a');
    expect(gone.addedMs).to.deep.equal([20]);
  });

  it('tells each of two rules what it added, and not what the other did', () => {
    const line = createDelayLine();
    const [short, long] = [aRule(), aRule()];
    const holds = [
      { rule: short, ms: 30, what: 'chunk' as const },
      { rule: long, ms: 200, what: 'message' as const },
    ];
    line.push(Buffer.from('a'), holds, 0);
    line.ripen(231);
    expect(short.addedMs).to.deep.equal([31]);
    expect(long.addedMs).to.deep.equal([201]);
  });

  it('gives back all bytes in order, however they are taken', () => {
    const parcels = fc.array(
      fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }), ms: fc.nat(9) }),
    );
    fc.assert(
      fc.property(parcels, fc.integer({ min: 1, max: 5 }), (all, step) => {
        const line = createDelayLine();
        const rule = aRule();
        all.forEach(({ bytes, ms }, index) => {
          line.push(Buffer.from(bytes), ms === 0 ? [] : [{ rule, ms, what: 'chunk' }], index);
        });
        const taken: Buffer[] = [];
        for (let nowMs = 0; nowMs < all.length + 10; nowMs++) {
          line.ripen(nowMs);
          while (line.first() !== undefined) taken.push(line.take(step));
        }
        expect(Buffer.concat(taken)).to.deep.equal(Buffer.concat(all.map(({ bytes }) => bytes)));
        expect([line.isEmpty, line.bytes, line.cost]).to.deep.equal([true, 0, 0]);
      }),
    );
  });
});
