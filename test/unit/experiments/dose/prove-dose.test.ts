import { expect } from 'chai';
import { measurementsFromDocument } from '../../../../src/bench/measurement-document.js';
import { proveDose } from '../../../../src/experiments/dose/prove-dose.js';
import { judgeAgain } from '../../../../src/experiments/judge-result.js';
import type { FaultRecord } from '../../../../src/experiments/result-schema.js';
import { aFault, aMeasurement, aResult, aSeries, DELAYED, type RunShape } from '../../../support/a-result.js';
import { anSla } from '../../../support/a-plan.js';

/** A run on a cluster; by default its requests do not notice the fault at all. */
function aRun(faultShape: RunShape['fault'] = DELAYED.steady, fault: FaultRecord = aFault()) {
  const shape = { ...DELAYED, fault: faultShape };
  return aResult({
    environment: { name: 'staging', driver: 'kubernetes', services: [] },
    faults: [fault],
    measurements: [
      aMeasurement({ phase: 'steady' }),
      aMeasurement({ phase: 'fault', requests: 3000, durationMs: 30_000, ...faultShape }),
      aMeasurement({ phase: 'recovery' }),
    ],
    series: aSeries(shape),
  });
}

function proofOf(result: ReturnType<typeof aRun>) {
  return proveDose(result.faults[0]!, {
    measurements: measurementsFromDocument(result),
    events: result.events,
  });
}

const LINES = anSla({ steady: ['p95 <= 120ms'], fault: ['p95 <= 350ms'] });

describe('the proof that a fault acted', () => {
  it('is that the requests were slower', () => {
    const proof = proofOf(aRun(DELAYED.fault));
    expect(proof).to.have.property('status', 'proven');
    expect(proof?.detail).to.match(
      /^100 % of the requests \(0 % in the steady phase\) took 108 ms or longer/,
    );
  });

  it('is missing where Chaos Mesh says injected and no request was slower: inconclusive, with what was seen', () => {
    const result = judgeAgain(aRun(), LINES);
    expect(result.faults[0]!.dose.proof?.status).to.equal('none');
    expect(result.verdict.outcome).to.equal('inconclusive');
    expect(result.verdict.reason).to.match(
      /^delay was put in, and nothing shows that it acted: 0 % of the requests .* took 108 ms or longer/,
    );
    expect(result.run.exitCode).to.equal(2);
  });

  it('is not asked for where the experiment says so, nor of the environment that measures it itself', () => {
    const off = aFault({ dose: { ...aFault().dose, expected: 'off' } });
    expect(judgeAgain(aRun(DELAYED.steady, off), LINES).verdict.outcome).to.equal('pass');
    const local = { ...aRun(), environment: { name: 'local', driver: 'local', services: [] } };
    const judged = judgeAgain(local, LINES);
    expect(judged.verdict.outcome).to.equal('pass');
    expect(judged.faults[0]!.dose).not.to.have.property('proof');
  });

  it('leaves a breach a breach', () => {
    const strict = anSla({ steady: ['p95 <= 120ms'], fault: ['p95 <= 1ms'] });
    expect(judgeAgain(aRun(), strict).verdict.outcome).to.equal('breach');
  });

  it('is asked for in each part of the time: a fault that ended early was not what was judged', () => {
    const run = aRun(DELAYED.fault);
    const [near] = [aSeries({ ...DELAYED, fault: DELAYED.steady })];
    const window = run.windows.find(({ phase }) => phase === 'fault')!;
    const endsEarlyMs = window.startMs + 12_000;
    const series = run.series.map((slice, index) => (slice.startMs >= endsEarlyMs ? near[index]! : slice));
    const proof = proofOf({ ...run, series });
    expect(proof?.status).to.equal('none');
    expect(proof?.detail).to.match(/from 20 s to 30 s after its injection$/);
  });

  it('is what Kubernetes tells of the pods where the fault ends them', () => {
    const kill = aFault({ kind: 'PodChaos', action: 'pod-kill', manifest: { kind: 'PodChaos', spec: {} } });
    const run = aRun(DELAYED.steady, kill);
    expect(proofOf(run)).to.deep.equal({
      status: 'none',
      detail: '0 of 2 targets were deleted, as Kubernetes tells',
    });
    const atMs = kill.injections[0]!.requestedAtMs + 50;
    const events = [{ atMs, kind: 'pod-deleted', message: '', target: 'orders-1' }];
    expect(proofOf({ ...run, events })?.status).to.equal('proven');
    const before = [{ ...events[0]!, atMs: kill.injections[0]!.requestedAtMs - 5000 }];
    expect(proofOf({ ...run, events: before })?.status).to.equal('none');
  });

  it('is unknown, and said, where only Chaos Mesh could tell', () => {
    const stress = aFault({ kind: 'StressChaos', action: null, manifest: { kind: 'StressChaos', spec: {} } });
    const result = judgeAgain(aRun(DELAYED.steady, stress), LINES);
    expect(result.faults[0]!.dose.proof?.status).to.equal('unknown');
    expect(result.verdict.outcome).to.equal('pass');
    expect(result.verdict.caveats.join()).to.contain(
      'that delay (StressChaos) acted is known from Chaos Mesh alone',
    );
  });

  it('is what the metrics of the cluster say where the requests are silent', () => {
    const stress = (status: 'seen' | 'not-seen') =>
      aFault({
        kind: 'StressChaos',
        action: null,
        manifest: { kind: 'StressChaos', spec: {} },
        dose: { ...aFault().dose, effect: { status, detail: 'CPU 0.02 cores -> 1.01 cores' } },
      });
    expect(proofOf(aRun(DELAYED.steady, stress('seen')))).to.deep.equal({
      status: 'proven',
      detail: 'CPU 0.02 cores -> 1.01 cores',
    });
    expect(proofOf(aRun(DELAYED.steady, stress('not-seen')))?.status).to.equal('none');
  });

  it('is not looked for where the fault was never in', () => {
    const [injection] = aFault().injections;
    const never = aFault({
      injections: [{ ...injection!, injectedAtMs: null, recoverRequestedAtMs: null, status: 'not-injected' }],
    });
    expect(proofOf(aRun(DELAYED.steady, never))).to.equal(undefined);
  });
});
