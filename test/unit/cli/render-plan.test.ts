import { expect } from 'chai';
import { describePlannedFault, renderPlan } from '../../../src/cli/render-plan.js';
import { aPlan, anSla, aPlannedFault } from '../../support/a-plan.js';

const plain = { colour: false };

describe('renderPlan', () => {
  it('says what would be created, where, under which load, and that nothing stands in the way', () => {
    const text = renderPlan(
      aPlan({
        environment: {
          name: 'local',
          driver: 'local',
          services: [{ name: 'orders', url: 'http://127.0.0.1:1', replicas: 2, labels: {} }],
        },
        guards: { maxTargets: 2, minCoverage: 1, stopWhen: [] },
      }),
      plain,
    );
    expect(text).to.include('delay: NetworkChaos delay, mode all, delay {latency 200ms}');
    expect(text).to.include('1 of 2 replicas of orders, 50 % (guard: at most 2): orders-1');
    expect(text).to.include('100/s, open model, at most 100 under way at once, by the embedded generator');
    expect(text).to.include('warmup 1 s, steady 10 s, fault 10 s, recovery 10 s: 31 s in all');
    expect(text).to.include('✔ nothing stands in the way');
    expect(text).not.to.include('stops this run');
  });

  it('says before the run which objectives will not have enough samples', () => {
    const text = renderPlan(aPlan({ sla: anSla({ fault: ['p99.9 <= 1s', 'p95 <= 350ms'] }) }), plain);
    expect(text).to.include('1,000 samples expected, 3,688 needed: it will be inconclusive');
    expect(text).to.match(/p95 <= 350ms {2}1,000 samples expected, \d+ needed; sees a change of 21 %\n/);
  });

  it('says of what it compares plainly no change that it would see', () => {
    const text = renderPlan(aPlan({ sla: anSla({ steady: ['p95 <= 350ms'] }) }), plain);
    expect(text).to.include('72 needed\n').and.not.to.include('a change of');
  });

  it('puts what stops the run first, with what to do, and warns of a missing guard', () => {
    const text = renderPlan(
      aPlan({
        findings: [
          { severity: 'warning', code: 'closed-model', message: 'a closed model hides stalls', remedy: '' },
          { severity: 'stop', code: 'port-in-use', message: 'port 18080 is in use', remedy: 'free it' },
        ],
        targets: {},
      }),
      plain,
    );
    expect(text.indexOf('port 18080')).to.be.below(text.indexOf('closed model hides'));
    expect(text).to.include('remedy: free it').and.include('1 finding stops this run.');
    expect(text).to.include('not known: preflight stops this fault');
  });

  it('cannot be made to move the cursor by what stands in a file', () => {
    const plan = aPlan();
    const text = renderPlan(
      { ...plan, experiment: { ...plan.experiment, hypothesis: 'clear\u001b[2Jed' } },
      plain,
    );
    expect(text).not.to.include('\u001b');
  });
});

describe('describePlannedFault', () => {
  it('tells when a fault comes, for how long, and how often', () => {
    const fault = aPlannedFault({ schedule: { atMs: 5000, forMs: 2000, everyMs: 10_000 } });
    expect(describePlannedFault(fault)).to.include('from 5 s on, for 2 s, again every 10 s');
  });
});
