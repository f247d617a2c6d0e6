import { expect } from 'chai';
import { describeCourse } from '../../../src/experiments/describe-course.js';
import { createRunLog } from '../../../src/experiments/run-log.js';
import { watchLag } from '../../../src/experiments/watch-lag.js';
import { aMeasurement, aResult } from '../../support/a-result.js';
import { anSla } from '../../support/an-sla.js';
import { createFakeClock } from '../../support/fake-clock.js';

const NONE = anSla({});

describe('watchLag', () => {
  it('keeps the longest lag, and says once where it is too long', async () => {
    const clock = createFakeClock(0);
    const log = createRunLog(clock, () => undefined);
    let lagMs = 800;
    const stop = watchLag(clock, { lagMs: () => lagMs }, log);
    const pass = async (nextMs: number) => {
      lagMs = nextMs;
      clock.advanceTo(clock.nowMs() + 250);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    };
    await pass(800);
    expect(log.events()).to.deep.equal([]);
    await pass(5200);
    await pass(9000);
    await pass(300);
    expect(log.events().map(({ kind }) => kind)).to.deep.equal(['measurements-behind']);
    expect(stop()).to.equal(9000);
  });
});

describe('a run whose numbers came late', () => {
  const generator = (name: string, maxLagMs: number) => ({ ...aResult().generator, name, maxLagMs });

  it('is inconclusive beyond five seconds, but for a command, which may have nothing to say', () => {
    expect(describeCourse(aResult({ generator: generator('k6', 8200) }), NONE).doubts[0]).to.include(
      'up to 8.2 s late',
    );
    expect(describeCourse(aResult({ generator: generator('k6', 4900) }), NONE).doubts).to.deep.equal([]);
    expect(describeCourse(aResult({ generator: generator('command', 8200) }), NONE).doubts).to.deep.equal([]);
  });
});

describe('a load with more endpoints than are kept apart', () => {
  it('is said, with how many requests that concerns', () => {
    const folded = aMeasurement({ endpoint: '(other endpoints)', requests: 9500 });
    const result = aResult();
    const { caveats } = describeCourse({ ...result, measurements: [...result.measurements, folded] }, NONE);
    expect(caveats.join()).to.include('9,500 requests of further ones').and.include('a name tag');
    expect(describeCourse(result, NONE).caveats).to.deep.equal([]);
  });
});
