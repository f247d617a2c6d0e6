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

  it('tells of pods where they are, whose they are, who serves beside them, and what budgets say', () => {
    const pod = (name: string) => ({
      ...{ id: `shop/${name}`, uid: name, node: 'node-b', owner: 'Deployment/orders', ready: true },
      behind: [{ service: 'shop/orders', ready: 3 }],
      budgets: [{ id: 'shop/orders', limit: 'minAvailable: 2', allowed: 1 }],
    });
    const environment = { name: 'staging', driver: 'kubernetes' as const, services: [] };
    const guards = { maxTargets: 2, maxPercent: 50, minCoverage: 1, stopWhen: [] };
    const text = renderPlan(aPlan({ environment, guards, targets: { delay: [pod('orders-1')] } }), plain);
    expect(text).to.include(
      '1 of 3 ready pods behind Service shop/orders, 33 % (guard: at most 2, at most 50 %)\n',
    );
    expect(text).to.include(
      'shop/orders-1  node-b  ready  Deployment/orders  PodDisruptionBudget shop/orders (minAvailable: 2) allows 1\n',
    );
    const many = Array.from({ length: 5000 }, (_, index) => pod(`orders-${index}`));
    const shortened = renderPlan(aPlan({ environment, targets: { delay: many } }), plain);
    expect(shortened.split('\n').length).to.be.below(50);
    expect(shortened).to.include('and 4,980 more; --json names them all');
  });

  it('says why the share of a Service is not known', () => {
    const environment = { name: 'staging', driver: 'kubernetes' as const, services: [] };
    const target = { id: 'shop/orders-1', uid: '1', node: 'node-b', owner: '', ready: false };
    const hidden = renderPlan(aPlan({ environment, targets: { delay: [target] } }), plain);
    expect(hidden).to.include('1 pod; the Services in front of them may not be seen');
    expect(hidden).to.include('shop/orders-1  node-b  not ready  no owner\n');
    const none = renderPlan(aPlan({ environment, targets: { delay: [{ ...target, behind: [] }] } }), plain);
    expect(none).to.include('1 pod; no Service is in front of them');
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
