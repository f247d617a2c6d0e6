import { expect } from 'chai';
import fc from 'fast-check';
import type { Outcome } from '../../../src/shared/outcome.js';
import { OUTCOMES } from '../../../src/shared/outcome.js';
import { compare, isCeiling } from '../../../src/sla/compare.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import type { Comparator } from '../../../src/sla/objective.js';
import { anObjective, anSla } from '../../support/an-sla.js';
import type { RunRequest, RunRequests } from '../../support/measured-run.js';
import { measureRun } from '../../support/measured-run.js';

const LINES = [
  'p50 <= 300ms',
  'p95 < 600ms',
  'p95 <= 2x steady',
  'max <= 900ms',
  'mean <= steady + 100ms',
  'errors <= 10%',
  'errors < 2x steady',
  'availability >= 90%',
  'rate >= 5/s',
  'p90{name="GET /"} <= 500ms',
  'errors{name="GET /"} < 20%',
];
const SLA = anSla({ fault: LINES });
const POINT_SLA = {
  ...SLA,
  fault: SLA.fault.map((objective) => ({ ...objective, confidence: 'point' as const })),
};

const request = fc.record({
  atMs: fc.nat(14_900),
  ms: fc.integer({ min: 1, max: 1000 }),
  failed: fc.boolean(),
  endpoint: fc.constantFrom('GET /', 'POST /orders'),
});
const requests = fc.array(request, { maxLength: 200, size: 'max' });
const steady: RunRequest[] = Array.from({ length: 200 }, (_, index) => ({
  atMs: index * 70,
  ms: 100 + index,
  failed: index % 20 === 0,
}));

function judgeFault(
  fault: readonly RunRequest[],
  more: Partial<RunRequests> = {},
  sla = SLA,
): readonly Judgement[] {
  return judge(sla, {
    measurements: measureRun({ steady, fault, ...more }),
    recovery: { status: 'missing', reason: 'not looked for' },
    cutShort: {},
  });
}

function badness(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome);
}

describe('the laws of judging', () => {
  it('gives no better outcome for a reading and an interval that are worse', () => {
    const us = fc.integer({ min: 1, max: 1000 });
    const comparator = fc.constantFrom<Comparator>('<', '<=', '>', '>=');
    fc.assert(
      fc.property(us, us, us, us, us, comparator, (value, down, up, limit, shift, sign) => {
        const objective = anObjective(`p95 ${sign} ${limit}us`);
        const outcomeAt = (by: number) => {
          const reading = { status: 'measured', value: value + by, unit: 'us', samples: 400 } as const;
          const interval = { low: value - down + by, high: value + up + by, confidence: 0.95 };
          return badness(compare(objective, reading, limit, interval));
        };
        const worse = isCeiling(sign) ? outcomeAt(shift) : outcomeAt(-shift);
        expect(worse).to.be.at.least(outcomeAt(0));
      }),
    );
  });

  it('gives no better outcome for a worse reading', () => {
    fc.assert(
      fc.property(requests, fc.nat(), fc.nat(900), fc.boolean(), (fault, index, longerMs, fails) => {
        fc.pre(fault.length > 0);
        const at = index % fault.length;
        const one = fault[at]!;
        const worse = fault.with(at, { ...one, ms: one.ms + longerMs, failed: one.failed || fails });
        const before = judgeFault(fault, {}, POINT_SLA);
        for (const [line, after] of judgeFault(worse, {}, POINT_SLA).entries()) {
          expect(badness(after.outcome), after.objective).to.be.at.least(badness(before[line]!.outcome));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('passes nothing that has no samples', () => {
    for (const outcome of judgeFault([]).map((judgement) => judgement.outcome)) {
      expect(outcome).to.equal('inconclusive');
    }
  });

  it('does not depend on the order in which samples arrive', () => {
    fc.assert(
      fc.property(
        requests.chain((fault) =>
          fc.tuple(fc.constant(fault), fc.shuffledSubarray(fault, { minLength: fault.length })),
        ),
        ([fault, shuffled]) => {
          expect(judgeFault(shuffled)).to.deep.equal(judgeFault(fault));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('does not depend on the units that a limit is written in', () => {
    const pairs = [
      ['p95 <= 350ms', 'p95 <= 0.35s'],
      ['max <= 1m', 'max <= 60s'],
      ['p95 <= 2x steady', 'p95 <= 200% of steady'],
      ['rate >= 5/s', 'rate >= 300/m'],
      ['mean <= steady + 100ms', 'mean <= steady + 0.1s'],
    ];
    fc.assert(
      fc.property(requests, (fault) => {
        const evidence = {
          measurements: measureRun({ steady, fault }),
          recovery: { status: 'missing', reason: 'not looked for' },
          cutShort: {},
        } as const;
        for (const pair of pairs) {
          const [one, other] = judge(anSla({ fault: pair }), evidence);
          expect(other).to.deep.equal({ ...one, objective: other?.objective });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives a reason for every outcome', () => {
    fc.assert(
      fc.property(requests, fc.nat(3), (fault, dropped) => {
        for (const { reason, objective } of judgeFault(fault, { dropped: { fault: dropped } })) {
          expect(reason, objective).to.match(/^\S.*[^.\s]$/);
          expect(reason).not.to.match(/undefined|NaN|Infinity/);
        }
      }),
      { numRuns: 20 },
    );
  });
});
