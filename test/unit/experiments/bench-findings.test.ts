import { expect } from 'chai';
import type { GoBenchLoad } from '../../../src/bench/load-generator.js';
import { benchFindings } from '../../../src/experiments/bench-findings.js';
import { aPlan } from '../../support/a-plan.js';
import { anSla } from '../../support/an-sla.js';

const LOAD: GoBenchLoad = {
  kind: 'go-bench',
  package: './orders',
  cwd: '/orders',
  pattern: '.',
  bench: '.',
  benchtime: '1s',
  benchmem: false,
  tags: [],
  env: {},
  maxDurationMs: 60_000,
};
const LINE = 'bench("BenchmarkA", "ns/op") <= 5ms';
const phasesMs = { warmup: 0, steady: 10_000, fault: 5_000, recovery: 10_000 };

describe('benchFindings', () => {
  it('warns where the phase has no room for the readings that it takes', () => {
    const codesOf = (benchtime: string, phase: 'steady' | 'fault') =>
      benchFindings({
        load: { ...LOAD, benchtime },
        phasesMs,
        sla: anSla({ [phase]: [LINE] }),
        stopWhen: [],
      }).map(({ code }) => code);
    expect(codesOf('1s', 'steady')).to.deep.equal([]);
    expect(codesOf('1s', 'fault')).to.deep.equal(['too-few-readings']);
    expect(codesOf('500ms', 'fault')).to.deep.equal([]);
    // How long operations take is known when they are measured.
    expect(codesOf('100x', 'fault')).to.deep.equal([]);
  });

  it('refuses stop conditions that would see nothing, and warns of objectives that will not be measured', () => {
    const stopWhen = [
      { text: 'rate < 10/s for 5s', indicator: { kind: 'rate' }, comparator: '<', limit: 10, forMs: 5000 },
    ] as const;
    const sla = anSla({ fault: [LINE, 'p95 <= 1s'] });
    const findings = benchFindings({ load: { ...LOAD, benchtime: '1x' }, phasesMs, sla, stopWhen });
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
      'stop stop-condition-blind',
      'warning no-requests',
    ]);
    const others = benchFindings({ load: aPlan().load, phasesMs, sla, stopWhen });
    expect(others.map(({ code }) => code)).to.deep.equal(['no-benchmarks']);
  });
});
