import { expect } from 'chai';
import {
  closedScenarios,
  followsProfile,
  longestScheduleMs,
  type InspectedScenario,
} from '../../../../src/bench/k6/own-schedule.js';

describe('what a script schedules', () => {
  const rate: InspectedScenario = { executor: 'constant-arrival-rate', duration: '1m' };
  const users: InspectedScenario = { executor: 'constant-vus', duration: '90s', startTime: '30s' };
  const stages: InspectedScenario = {
    executor: 'ramping-arrival-rate',
    duration: null,
    stages: [{ duration: '10s' }, { duration: '1m30s' }],
  };

  it('lasts as long as the scenario that ends last', () => {
    expect(longestScheduleMs({ scenarios: { rate } })).to.equal(60_000);
    expect(longestScheduleMs({ scenarios: { stages } })).to.equal(100_000);
    expect(longestScheduleMs({ scenarios: { rate, users, stages } })).to.equal(120_000);
    expect(longestScheduleMs({ scenarios: null })).to.equal(0);
  });

  it('lasts at most as long as k6 gives a number of iterations', () => {
    const some: InspectedScenario = { executor: 'shared-iterations', maxDuration: null };
    expect(longestScheduleMs({ scenarios: { some } })).to.equal(600_000);
    expect(longestScheduleMs({ scenarios: { some: { ...some, maxDuration: '20s' } } })).to.equal(20_000);
  });

  it('is closed where users wait for their answers', () => {
    const ramping: InspectedScenario = { executor: 'ramping-vus' };
    expect(closedScenarios({ scenarios: { rate, users, stages, ramping } })).to.deep.equal([
      'users',
      'ramping',
    ]);
  });

  it('follows a profile when all of it comes from the profile', () => {
    const open = { model: 'open', ratePerSecond: 1, maxVUs: 1 } as const;
    expect(followsProfile({ scenarios: { a: rate, b: rate } }, open, 60_000)).to.equal(true);
    expect(followsProfile({ scenarios: { a: rate, b: users } }, open, 60_000)).to.equal(false);
    expect(followsProfile({ scenarios: { a: rate } }, open, 61_000)).to.equal(false);
    expect(followsProfile({ scenarios: { a: rate } }, { model: 'closed', vus: 1 }, 60_000)).to.equal(false);
    expect(followsProfile({}, open, 60_000)).to.equal(false);
  });
});
