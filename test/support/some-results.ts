import type { Result } from '../../src/experiments/result-schema.js';
import {
  aFault,
  aJudgement,
  aResult,
  aSeries,
  DELAYED,
  someMeasurements,
  type RunShape,
} from './a-result.js';

function named(name: string, hypothesis: string, parts: Partial<Result>): Result {
  const result = aResult(parts);
  return {
    ...result,
    experiment: {
      ...result.experiment,
      name,
      hypothesis,
      description: hypothesis,
      file: `experiments/${name}.yaml`,
      source: result.experiment.source.replaceAll('order-submit-network-delay', name),
    },
  };
}

/** A partition under which every request hangs until it is given up: far over its limits, and with gaps. */
export function aBreach(): Result {
  const shape: RunShape = {
    ...DELAYED,
    transition: { p50Ms: 9, p95Ms: 10_002, p99Ms: 10_004, failureShare: 0.4 },
    fault: { p50Ms: 9.4, p95Ms: 10_003, p99Ms: 10_005, failureShare: 0.47 },
  };
  const silent = (index: number): boolean => index > 24 && index < 29;
  const series = aSeries(shape).map((slice, index) =>
    silent(index)
      ? { ...slice, requests: 0, failures: 0, dropped: 31, p50Ms: null, p95Ms: null, p99Ms: null }
      : slice.phase === 'fault'
        ? { ...slice, dropped: index % 5 === 0 ? 12 : 0 }
        : slice,
  );
  const [injection] = aFault().injections;
  return named('order-submit-partition', 'Orders are accepted while one replica is cut off.', {
    run: { ...aResult().run, id: '20261123-081702-p4rt', exitCode: 1 },
    series,
    measurements: someMeasurements(shape).map((entry) =>
      entry.phase === 'fault' && entry.endpoint === '*' ? { ...entry, dropped: 184, outlived: 47 } : entry,
    ),
    recoveryMs: 10_640,
    faults: [
      aFault({
        name: 'cut-off',
        action: 'partition',
        manifest: {
          apiVersion: 'chaos-mesh.org/v1alpha1',
          kind: 'NetworkChaos',
          spec: { action: 'partition', mode: 'one', selector: { labelSelectors: { app: 'orders' } } },
        },
        targets: [{ id: 'orders-1', uid: 'orders-1#1', service: 'orders' }],
        injections: [{ ...injection!, evidence: 'connect timed out on 1 of 1; connects again on 1 of 1' }],
        dose: { readings: 30, minCoverage: 1, lastDetail: 'held 312 chunks on orders-1' },
      }),
    ],
    judgements: [
      aJudgement({
        phase: 'steady',
        objective: 'p95 <= 120ms',
        reading: measured(12_200, 1_500),
        limit: 120_000,
      }),
      aJudgement({
        outcome: 'breach',
        reading: measured(10_003_000, 3_000),
        reason: 'p95 10 s is over the limit of 350 ms',
      }),
      aJudgement({
        objective: 'p99 <= 11s',
        reading: measured(10_005_000, 3_000),
        limit: 11_000_000,
        outcome: 'inconclusive',
        reason: '184 iterations could not start, so that the p99 may be higher than it was read',
      }),
      aJudgement({
        objective: 'errors < 1%',
        outcome: 'breach',
        comparator: '<',
        reading: { status: 'measured', value: 0.47, unit: 'share', samples: 3_000 },
        limit: 0.01,
        reason: 'errors 47 % are over the limit of 1 %',
      }),
      aJudgement({
        phase: 'recovery',
        objective: 'recovery <= 15s',
        reading: { status: 'measured', value: 10_640, unit: 'ms', samples: 1_500 },
        limit: 15_000,
      }),
    ],
    verdict: {
      outcome: 'breach',
      reason: 'p95 10 s is over the limit of 350 ms, and one other objective is breached',
      caveats: [
        '47 requests outlived the fault window; without them the p95 would be 9.6 ms and its outcome pass.',
        '184 iterations could not start for want of a free virtual user; the percentiles cannot hold them.',
      ],
    },
  });
}

function measured(value: number, samples: number): Result['judgements'][number]['reading'] {
  return { status: 'measured', value, unit: 'us', samples };
}

/** The steady state was not met, so that nothing was put in. */
export function anInconclusiveRun(): Result {
  const whole = aResult();
  const windows = whole.windows.slice(0, 2);
  return named('cart-pod-kill', 'Carts stay readable while one replica is killed.', {
    run: {
      ...whole.run,
      id: '20261123-081902-k1ll',
      endedAtMs: whole.run.startedAtMs + 20_000,
      status: 'steady-state-not-met',
      statusReason: 'p95 12.2 ms is over the limit of 10 ms before any fault',
      exitCode: 2,
    },
    windows,
    series: aSeries(DELAYED, windows),
    measurements: someMeasurements().filter((entry) => entry.phase === 'steady'),
    recoveryMs: null,
    faults: [
      aFault({
        name: 'kill',
        kind: 'PodChaos',
        action: 'pod-kill',
        manifest: {
          apiVersion: 'chaos-mesh.org/v1alpha1',
          kind: 'PodChaos',
          spec: { action: 'pod-kill', mode: 'one' },
        },
        targets: [],
        injections: [],
        dose: { readings: 0, minCoverage: null, lastDetail: '' },
      }),
    ],
    events: whole.events.slice(0, 3),
    judgements: [
      aJudgement({
        phase: 'steady',
        objective: 'p95 <= 10ms',
        outcome: 'inconclusive',
        reading: measured(12_200, 1_500),
        limit: 10_000,
        reason: 'p95 12.2 ms is over the limit of 10 ms before any fault',
      }),
      aJudgement({
        objective: 'errors < 1%',
        outcome: 'inconclusive',
        comparator: '<',
        reading: { status: 'missing', reason: 'the fault phase was never reached' },
        reason: 'errors were not measured: the fault phase was never reached',
      }),
    ],
    verdict: {
      outcome: 'inconclusive',
      reason: 'the steady state was not met, so nothing was injected',
      caveats: [],
    },
  });
}

/** Two faults in one phase, the first of which comes again and again. */
export function aRunOfSeveralFaults(): Result {
  const [injection] = aFault().injections;
  const startMs = injection!.requestedAtMs;
  const pulses = [0, 10_000, 20_000].map((atMs) => ({
    ...injection!,
    requestedAtMs: startMs + atMs,
    injectedAtMs: startMs + atMs + 90,
    recoverRequestedAtMs: startMs + atMs + 5_000,
    recoveredAtMs: startMs + atMs + 5_040,
  }));
  return named('checkout-two-faults', 'Checkout holds under a slow and busy order service.', {
    faults: [
      aFault({ injections: pulses }),
      aFault({
        name: 'busy',
        kind: 'StressChaos',
        action: null,
        manifest: {
          kind: 'StressChaos',
          spec: { mode: 'one', stressors: { cpu: { workers: 1, load: 80 } } },
        },
      }),
    ],
  });
}
