import { expect } from 'chai';
import { stressNgArguments } from '../../../../../src/chaos/local/stress/stress-ng-command.js';

describe('the arguments of stress-ng', () => {
  it('ask for what the plan has, and no more', () => {
    const cpu = stressNgArguments({ cpu: { workers: 2, loadPercent: 70 } }).join(' ');
    expect(cpu).to.contain('--cpu 2 --cpu-load 70').and.not.to.contain('--vm');
    const memory = stressNgArguments({ memory: { workers: 2, bytes: 1024 } }).join(' ');
    expect(memory).to.contain('--vm 2 --vm-bytes 1024b --vm-keep').and.not.to.contain('--cpu');
  });

  it('never let it run for ever', () => {
    expect(stressNgArguments({ cpu: { workers: 1, loadPercent: 1 } })).to.include('--timeout');
  });
});
