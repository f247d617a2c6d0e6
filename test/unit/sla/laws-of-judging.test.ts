import { expect } from 'chai';
import fc from 'fast-check';
import type { Outcome } from '../../../src/shared/outcome.js';
import { OUTCOMES } from '../../../src/shared/outcome.js';
import { measureTape } from '../../../src/bench/tape-file/measure-tape.js';
import { mergeTapes } from '../../../src/bench/tape-file/merge-tapes.js';
import { parseTape } from '../../../src/bench/tape-file/read-tape.js';
import type { StoredTape } from '../../../src/bench/tape-file/stored-tape.js';
import { isLatency } from '../../../src/sla/describe-indicator.js';
import { compare, isCeiling } from '../../../src/sla/compare.js';
import { judge } from '../../../src/sla/judge.js';
import type { Judgement } from '../../../src/sla/judgement.js';
import type { Comparator } from '../../../src/sla/objective.js';
import { recordTape } from '../../support/a-stored-tape.js';
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

/** The latencies again, with failed requests counted in each way. */
const TREATED = (['slowest', 'left-out'] as const).flatMap((failures) =>
  SLA.fault.filter(({ indicator }) => isLatency(indicator)).map((objective) => ({ ...objective, failures })),
);
const SLOWEST = {
  ...SLA,
  fault: TREATED.filter(({ failures }) => failures === 'slowest').map((objective) => ({
    ...objective,
    confidence: 'point' as const,
  })),
};
const ALL_WAYS = { ...SLA, fault: [...SLA.fault, ...TREATED] };

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

/** A tape of a fault phase, and of the steady one before it. */
function tapeOf(before: readonly RunRequest[], fault: readonly RunRequest[]): StoredTape {
  const at = (those: readonly RunRequest[], afterMs: number) =>
    those.map(({ atMs, ms, failed = false, endpoint = 'GET /' }) => ({
      startMs: afterMs + atMs,
      latencyUs: ms * 1000,
      endpoint: endpoint === 'GET /' ? 0 : 1,
      result: failed ? 2 : 0,
    }));
  const { bytes } = recordTape([
    { kind: 'border', afterMs: 0, phase: 'steady' },
    { kind: 'write', afterMs: 20_000, samples: at(before, 0) },
    { kind: 'border', afterMs: 0, phase: 'fault' },
    { kind: 'write', afterMs: 20_000, samples: at(fault, 20_000) },
    { kind: 'border', afterMs: 0, phase: 'transition' },
    { kind: 'caught-up', afterMs: 1000 },
  ]);
  return parseTape(bytes, 'tape.plm');
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
        for (const sla of [POINT_SLA, SLOWEST]) {
          const before = judgeFault(fault, {}, sla);
          for (const [line, after] of judgeFault(worse, {}, sla).entries()) {
            expect(badness(after.outcome), after.objective).to.be.at.least(badness(before[line]!.outcome));
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('passes nothing that has no samples', () => {
    for (const outcome of judgeFault([], {}, ALL_WAYS).map((judgement) => judgement.outcome)) {
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
          expect(judgeFault(shuffled, {}, ALL_WAYS)).to.deep.equal(judgeFault(fault, {}, ALL_WAYS));
        },
      ),
      { numRuns: 8 },
    );
  });

  it('gives a fast failure no credit where failures count as the slowest', () => {
    fc.assert(
      fc.property(requests, (fault) => {
        const fast = fault.map((one) => (one.failed ? { ...one, ms: 1 } : one));
        const before = judgeFault(fault, {}, SLOWEST);
        for (const [line, { reading }] of judgeFault(fast, {}, SLOWEST).entries()) {
          const was = before[line]!.reading;
          expect(reading.status).to.equal(was.status);
          if (reading.status !== 'measured' || was.status !== 'measured') continue;
          // The end of a bucket may be known more exactly than before, by 0.1 %.
          expect(reading.value).to.be.closeTo(was.value, 1 + was.value / 500);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('says the same of shares of a load merged as of the whole', () => {
    const evidence = { recovery: { status: 'missing', reason: 'not looked for' }, cutShort: {} } as const;
    const judgeTape = (tapes: readonly StoredTape[]) =>
      judge(ALL_WAYS, { ...evidence, measurements: measureTape(mergeTapes(tapes)) });
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 4 }), (fault, runners) => {
        const shareOf = (those: readonly RunRequest[], runner: number) =>
          those.filter((_, index) => index % runners === runner);
        const shares = Array.from({ length: runners }, (_, runner) =>
          tapeOf(shareOf(steady, runner), shareOf(fault, runner)),
        );
        expect(judgeTape(shares)).to.deep.equal(judgeTape([tapeOf(steady, fault)]));
      }),
      { numRuns: 10 },
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
        for (const { reason, objective } of judgeFault(fault, { dropped: { fault: dropped } }, ALL_WAYS)) {
          expect(reason, objective).to.match(/^\S.*[^.\s]$/);
          expect(reason).not.to.match(/undefined|NaN|Infinity/);
        }
      }),
      { numRuns: 20 },
    );
  });
});
