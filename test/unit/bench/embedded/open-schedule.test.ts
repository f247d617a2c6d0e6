import { expect } from 'chai';
import fc from 'fast-check';
import { createOpenSchedule } from '../../../../src/bench/embedded/open-schedule.js';

const options = { startMs: 1000, endMs: 2000, ratePerSecond: 10, maxWaitMs: 500 };

describe('createOpenSchedule', () => {
  it('gives each request when it is due, and none before', () => {
    const schedule = createOpenSchedule(options);
    expect(schedule.take(999)).to.equal(undefined);
    expect(schedule.take(1000)).to.equal(1000);
    expect(schedule.take(1099)).to.equal(undefined);
    expect(schedule.nextDueMs()).to.equal(1100);
    expect(schedule.take(1450)).to.equal(1100);
  });

  it('catches up after a gap with the times at which requests were due', () => {
    const schedule = createOpenSchedule(options);
    expect(schedule.dropAll(1250)).to.deep.equal([1000, 1100, 1200]);
  });

  it('drops what has waited too long, and keeps the rest', () => {
    const schedule = createOpenSchedule(options);
    expect(schedule.dropLate(1650)).to.deep.equal([1000, 1100]);
    expect(schedule.take(1650)).to.equal(1200);
  });

  it('has nothing due at its end', () => {
    const schedule = createOpenSchedule(options);
    expect(schedule.dropAll(10_000)).to.have.length(10);
    expect(schedule.nextDueMs()).to.equal(undefined);
    expect(schedule.take(10_000)).to.equal(undefined);
  });

  it('loses and doubles no request, whenever somebody looks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 50 }),
        fc.double({ min: 0.5, max: 5000, noNaN: true }),
        (gaps, ratePerSecond) => {
          const schedule = createOpenSchedule({ ...options, endMs: 1e9, ratePerSecond });
          let nowMs = options.startMs;
          const seen: number[] = [];
          for (const gap of gaps) {
            nowMs += gap;
            const taken = schedule.take(nowMs);
            if (taken !== undefined) seen.push(taken);
            seen.push(...schedule.dropLate(nowMs));
          }
          seen.push(...schedule.dropAll(nowMs));
          expect(seen).to.deep.equal(
            seen.map((_, index) => options.startMs + (index * 1000) / ratePerSecond),
          );
          expect(schedule.nextDueMs()).to.be.greaterThan(nowMs);
        },
      ),
      { numRuns: 50 },
    );
  });
});
