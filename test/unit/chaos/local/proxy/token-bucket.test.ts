import { expect } from 'chai';
import fc from 'fast-check';
import { createTokenBucket } from '../../../../../src/chaos/local/proxy/token-bucket.js';

describe('createTokenBucket', () => {
  it('lets a burst pass at once, and then as much as the rate gives', () => {
    const bucket = createTokenBucket({ bytesPerSecond: 100_000, burstBytes: 10_000 }, 0);
    expect(bucket.available(50_000, 0)).to.equal(10_000);
    bucket.spend(10_000);
    expect(bucket.available(50_000, 0)).to.equal(0);
    expect(bucket.available(50_000, 20)).to.equal(2000);
  });

  it('gathers no more than a burst while nobody waits', () => {
    const bucket = createTokenBucket({ bytesPerSecond: 100_000, burstBytes: 10_000 }, 0);
    bucket.spend(10_000);
    expect(bucket.available(1e9, 60_000)).to.equal(10_000);
  });

  it('loses nothing to a timer that is late while somebody waits', () => {
    const bucket = createTokenBucket({ bytesPerSecond: 1_000_000, burstBytes: 2000 }, 0);
    bucket.spend(2000);
    bucket.busy();
    expect(bucket.available(1e9, 30)).to.equal(30_000);
    bucket.idle(30);
    expect(bucket.available(1e9, 31)).to.equal(2000);
  });

  it('says when the bytes will be there', () => {
    const bucket = createTokenBucket({ bytesPerSecond: 1000, burstBytes: 5000 }, 100);
    bucket.spend(5000);
    expect(bucket.readyAtMs(500)).to.equal(600);
    expect(bucket.available(500, 600)).to.equal(500);
  });

  it('holds a packet at the least, since a smaller bucket would let nothing pass', () => {
    const bucket = createTokenBucket({ bytesPerSecond: 1000, burstBytes: 1 }, 0);
    expect(bucket.available(1500, 0)).to.equal(1500);
  });

  it('never lets more pass than the burst and the rate allow', () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(50), wanted: fc.integer({ min: 1, max: 100_000 }) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 5_000_000 }),
        fc.integer({ min: 1, max: 50_000 }),
        steps,
        (rate, burst, all) => {
          const bucket = createTokenBucket({ bytesPerSecond: rate, burstBytes: burst }, 0);
          let nowMs = 0;
          let passed = 0;
          for (const { waitMs, wanted } of all) {
            nowMs += waitMs;
            const bytes = bucket.available(wanted, nowMs);
            bucket.spend(bytes);
            passed += bytes;
            expect(passed).to.be.at.most(bucket.sizeBytes + (rate * nowMs) / 1000 + 1e-6);
          }
        },
      ),
    );
  });
});
