import { expect } from 'chai';
import type { GroupUsage } from '../../../../../src/chaos/local/stress/group-usage.js';
import { judgeUsage } from '../../../../../src/chaos/local/stress/measure-stress.js';

const MIB = 1024 * 1024;
const before: GroupUsage = { processes: 1, cpuMs: 40, residentBytes: 45 * MIB };

function aUsage(overrides: Partial<GroupUsage>): GroupUsage {
  return { ...before, ...overrides };
}

describe('judgeUsage', () => {
  const cpu = { cpu: { workers: 2, loadPercent: 50 } };
  const memory = { memory: { workers: 1, bytes: 64 * MIB } };

  it('sees processor time that was taken since', () => {
    expect(judgeUsage(cpu, before, before, aUsage({ cpuMs: 1000 }), 1000)).to.deep.equal({
      status: 'working',
      detail: 'takes 0.96 of 1.00 processors',
    });
    expect(judgeUsage(cpu, before, before, aUsage({ cpuMs: 60 }), 1000).status).to.equal('idle');
  });

  it('does not tell a share of a time too short', () => {
    expect(judgeUsage(cpu, before, before, aUsage({ cpuMs: 50 }), 20).status).to.equal('beginning');
  });

  it('counts memory beyond what the process took before it began', () => {
    const holding = aUsage({ residentBytes: 109 * MIB });
    expect(judgeUsage(memory, before, holding, holding, 0)).to.deep.equal({
      status: 'working',
      detail: 'holds 64 of 64 MiB',
    });
    const half = aUsage({ residentBytes: 77 * MIB });
    expect(judgeUsage(memory, before, half, half, 1000).status).to.equal('idle');
  });

  it('is not content with one of two', () => {
    const both = { ...cpu, ...memory };
    expect(judgeUsage(both, before, before, aUsage({ cpuMs: 1000 }), 1000)).to.deep.equal({
      status: 'idle',
      detail: 'takes 0.96 of 1.00 processors and holds 0 of 64 MiB',
    });
  });

  it('sees that nothing is there any more', () => {
    const nothing = { processes: 0, cpuMs: 0, residentBytes: 0 };
    expect(judgeUsage(cpu, before, before, nothing, 1000).status).to.equal('gone');
  });
});
