import { expect } from 'chai';
import { createDelayDraw } from '../../../../../src/chaos/local/proxy/draw-delay.js';
import { seededRandom } from '../../../../../src/shared/seeded-random.js';

const fault = { type: 'delay', latencyMs: 200, jitterMs: 0, correlation: 0 } as const;

function draws(jitterMs: number, correlation: number): readonly number[] {
  const draw = createDelayDraw({ ...fault, jitterMs, correlation }, seededRandom('a seed'));
  return Array.from({ length: 20_000 }, draw);
}

/** How alike each draw and the next are, from -1 to 1. */
function correlationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let both = 0;
  let own = 0;
  values.forEach((value, index) => {
    own += (value - mean) ** 2;
    const next = values[index + 1];
    if (next !== undefined) both += (value - mean) * (next - mean);
  });
  return both / own;
}

describe('createDelayDraw', () => {
  it('is the latency where there is no jitter', () => {
    expect(new Set(draws(0, 0.5))).to.deep.equal(new Set([200]));
  });

  it('spreads evenly over the jitter on both sides', () => {
    const values = draws(40, 0);
    for (let from = 160; from < 240; from += 10) {
      const share = values.filter((value) => value >= from && value < from + 10).length / values.length;
      expect(share, `from ${from} ms`).to.be.closeTo(1 / 8, 0.02);
    }
    expect(Math.min(...values)).to.be.at.least(160);
    expect(Math.max(...values)).to.be.at.most(240);
    expect(correlationOf(values)).to.be.closeTo(0, 0.05);
  });

  it('has as much of the last draw in the next as the correlation says', () => {
    expect(correlationOf(draws(40, 0.25))).to.be.closeTo(0.25, 0.05);
    expect(correlationOf(draws(40, 0.9))).to.be.closeTo(0.9, 0.05);
  });

  it('is never negative', () => {
    const draw = createDelayDraw({ ...fault, latencyMs: 10, jitterMs: 100 }, seededRandom('x'));
    expect(Math.min(...Array.from({ length: 1000 }, draw))).to.equal(0);
  });
});
