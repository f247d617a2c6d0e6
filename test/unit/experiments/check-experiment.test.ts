import { expect } from 'chai';
import { checkExperiment } from '../../../src/experiments/check-experiment.js';

describe('checkExperiment', () => {
  it('finds a drain whose timeout the wait for the injection would cut short', () => {
    const problems = (timeout: string, deadlines = {}) =>
      checkExperiment({
        sla: { steady: ['p95 <= 1s'] },
        deadlines,
        faults: [{ manifest: { kind: 'NodeDrain', spec: { timeout } } }],
      }).map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(problems('30s')).to.deep.equal([]);
    expect(problems('2m', { inject: '2m' })).to.deep.equal([]);
    expect(problems('2m')).to.deep.equal([
      'faults.0.manifest.spec.timeout: deadlines.inject is over before, after 30 s: write deadlines: {inject: 2m}',
    ]);
  });
});
