import type { FaultRecord, Result } from '../../src/experiments/result-schema.js';
import type { Phase } from '../../src/shared/phases.js';
import { aHistogram } from './a-histogram.js';

export type MeasurementRecord = Result['measurements'][number];
export type SliceRecord = Result['series'][number];
export type JudgementRecord = Result['judgements'][number];

/** 2026-11-23 08:15:02 UTC: the moment at which every built run begins. */
export const RUN_STARTED_MS = Date.UTC(2026, 10, 23, 8, 15, 2);

const LOAD_STARTED_MS = RUN_STARTED_MS + 1_400;

const WINDOWS: Result['windows'] = [
  { phase: 'warmup', startMs: LOAD_STARTED_MS, endMs: LOAD_STARTED_MS + 3_000 },
  { phase: 'steady', startMs: LOAD_STARTED_MS + 3_000, endMs: LOAD_STARTED_MS + 18_000 },
  { phase: 'fault', startMs: LOAD_STARTED_MS + 18_250, endMs: LOAD_STARTED_MS + 48_250 },
  { phase: 'recovery', startMs: LOAD_STARTED_MS + 48_480, endMs: LOAD_STARTED_MS + 63_480 },
];

/** The latencies in ms that a phase has in the built run. */
export interface PhaseShape {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly failureShare: number;
}

export type RunShape = Readonly<Record<Phase | 'transition', PhaseShape>>;

const NEAR: PhaseShape = { p50Ms: 8.1, p95Ms: 12.2, p99Ms: 15.4, failureShare: 0 };
const FAR: PhaseShape = { p50Ms: 207, p95Ms: 214, p99Ms: 223, failureShare: 0 };

/** 200 ms of delay, held: what the default result shows. */
export const DELAYED: RunShape = {
  warmup: { p50Ms: 9.8, p95Ms: 19.5, p99Ms: 31, failureShare: 0 },
  steady: NEAR,
  transition: { p50Ms: 12, p95Ms: 209, p99Ms: 216, failureShare: 0 },
  fault: FAR,
  recovery: NEAR,
};

const RATE = 100;

/** One measurement, complete; every number plausible beside the others. */
export function aMeasurement(overrides: Partial<MeasurementRecord> = {}): MeasurementRecord {
  const requests = overrides.requests ?? 1_500;
  const durationMs = overrides.durationMs ?? 15_000;
  const entry: MeasurementRecord = {
    phase: 'steady',
    endpoint: '*',
    durationMs,
    requests,
    failures: 0,
    noResponse: 0,
    setApart: 0,
    outlived: 0,
    dropped: 0,
    ratePerSecond: (requests * 1000) / durationMs,
    p50Ms: 8.1,
    p90Ms: 10.9,
    p95Ms: 12.2,
    p99Ms: 15.4,
    p999Ms: 21.7,
    meanMs: 8.4,
    maxMs: 24.9,
    histogram: '',
    failedHistogram: '',
    ...overrides,
  };
  return {
    ...entry,
    histogram: overrides.histogram ?? histogramOf(entry),
    failedHistogram:
      overrides.failedHistogram ??
      aHistogram(
        [
          [0, entry.p95Ms ?? 1],
          [100, entry.maxMs ?? 1],
        ],
        entry.failures,
      ),
  };
}

/** Latencies that have the percentiles of the entry. */
function histogramOf(entry: MeasurementRecord): string {
  const { p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs, requests } = entry;
  if (p50Ms === null) return aHistogram([], 0);
  return aHistogram(
    [
      [0, p50Ms * 0.6],
      [50, p50Ms],
      [90, p90Ms ?? p50Ms],
      [95, p95Ms ?? p50Ms],
      [99, p99Ms ?? p50Ms],
      [99.9, p999Ms ?? p50Ms],
      [100, maxMs ?? p50Ms],
    ],
    requests,
  );
}

export function aJudgement(overrides: Partial<JudgementRecord> = {}): JudgementRecord {
  return {
    phase: 'fault',
    objective: 'p95 <= 350ms',
    outcome: 'pass',
    reading: { status: 'measured', value: 214_000, unit: 'us', samples: 3_000 },
    limit: 350_000,
    comparator: '<=',
    reason: 'p95 214 ms is within the limit of 350 ms',
    ...overrides,
  };
}

export function aFault(overrides: Partial<FaultRecord> = {}): FaultRecord {
  return {
    name: 'delay',
    kind: 'NetworkChaos',
    action: 'delay',
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'NetworkChaos',
      metadata: { name: 'order-submit-network-delay-k3f9-delay' },
      spec: {
        action: 'delay',
        mode: 'all',
        selector: { labelSelectors: { app: 'orders' } },
        delay: { latency: '200ms', jitter: '10ms' },
      },
    },
    targets: [
      { id: 'orders-1', uid: 'orders-1#1', service: 'orders' },
      { id: 'orders-2', uid: 'orders-2#1', service: 'orders' },
    ],
    injections: [
      {
        requestedAtMs: LOAD_STARTED_MS + 18_002,
        injectedAtMs: LOAD_STARTED_MS + 18_250,
        recoverRequestedAtMs: LOAD_STARTED_MS + 48_251,
        recoveredAtMs: LOAD_STARTED_MS + 48_480,
        status: 'recovered',
        evidence: 'connect +200 ms on 2 of 2; gone on 2 of 2',
      },
    ],
    dose: { readings: 30, minCoverage: 1, lastDetail: 'added 201 ms to 6,012 chunks on orders-1, orders-2' },
    ...overrides,
  };
}

/** A per-second series through the windows, wavering a little, the same on every call. */
export function aSeries(shape: RunShape = DELAYED, windows: Result['windows'] = WINDOWS): SliceRecord[] {
  const first = windows[0];
  const last = windows.at(-1);
  if (!first || !last) return [];
  const cuts = new Set<number>(windows.flatMap((window) => [window.startMs, window.endMs]));
  for (let at = Math.ceil(first.startMs / 1000) * 1000; at < last.endMs; at += 1000) cuts.add(at);
  const borders = [...cuts].sort((a, b) => a - b);
  const waver = wavering();
  return borders.slice(1).map((endMs, index) => {
    const startMs = borders[index]!;
    const phase = windows.find((window) => window.startMs <= startMs && startMs < window.endMs)?.phase;
    const now = shape[phase ?? 'transition'];
    const requests = Math.round(((endMs - startMs) / 1000) * RATE * waver(0.04));
    const failures = Math.round(requests * now.failureShare * waver(0.3));
    const [p50Ms, p95Ms, p99Ms] = [
      scaled(now.p50Ms, waver(0.03)),
      scaled(now.p95Ms, waver(0.05) + 0.03),
      scaled(now.p99Ms, waver(0.06) + 0.1),
    ];
    return {
      startMs,
      endMs,
      phase: phase ?? 'transition',
      requests,
      failures,
      dropped: 0,
      p50Ms,
      p95Ms,
      p99Ms,
      histogram:
        p50Ms === null
          ? aHistogram([], 0)
          : aHistogram(
              [
                [0, p50Ms * 0.6],
                [50, p50Ms],
                [95, p95Ms ?? p50Ms],
                [99, p99Ms ?? p50Ms],
                [100, p99Ms ?? p50Ms],
              ],
              requests,
            ),
    };
  });
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : Math.round(value * factor * 100) / 100;
}

/** Factors around 1 from a small linear congruential generator: chance that is the same every time. */
function wavering(): (amount: number) => number {
  let state = 20_261_123;
  return (amount) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return 1 + amount * ((2 * state) / 0x7fff_ffff - 1);
  };
}

/** What the phases and endpoints of a run of this shape add up to. */
export function someMeasurements(shape: RunShape = DELAYED): MeasurementRecord[] {
  const endpoints = [
    { endpoint: '*', share: 1, factor: 1 },
    { endpoint: 'POST /orders', share: 0.8, factor: 1.01 },
    { endpoint: 'GET /orders/{id}', share: 0.2, factor: 0.96 },
  ];
  const phases = WINDOWS.filter((window) => window.phase !== 'warmup');
  return endpoints.flatMap(({ endpoint, share, factor }) =>
    phases.map(({ phase, startMs, endMs }) => {
      const durationMs = endMs - startMs;
      const requests = Math.round((durationMs / 1000) * RATE * share);
      const { p50Ms, p95Ms, p99Ms, failureShare } = shape[phase];
      const failures = Math.round(requests * failureShare);
      const apart = endpoint === '*' || share > 0.5;
      return aMeasurement({
        phase,
        endpoint,
        durationMs,
        requests,
        failures,
        noResponse: Math.round(failures * 0.5),
        setApart: apart && phase !== 'fault' ? 2 : 0,
        outlived: apart && phase === 'fault' ? 21 : 0,
        p50Ms: scaled(p50Ms, factor),
        p90Ms: scaled(p50Ms === null || p95Ms === null ? null : p50Ms + (p95Ms - p50Ms) * 0.75, factor),
        p95Ms: scaled(p95Ms, factor),
        p99Ms: scaled(p99Ms, factor),
        p999Ms: scaled(p99Ms, 1.18 * factor),
        meanMs: scaled(p50Ms, 1.03 * factor),
        maxMs: scaled(p99Ms, 1.31 * factor),
      });
    }),
  );
}

const SOURCE = `apiVersion: plimsoll.dev/v1
kind: Experiment
metadata:
  name: order-submit-network-delay
  description: 200 ms of network delay in front of the order service
  owner: orders
  labels: {suite: nightly, tier: "1"}
hypothesis: Orders are accepted within the SLA while the order service is 200 ms away.
phases: {warmup: 3s, steady: 15s, fault: 30s, recovery: 15s}
load:
  k6:
    script: load/order-submit.js
    env: {BASE_URL: "{{services.orders.url}}"}
  profile: {rate: 100/s, maxVUs: 100}     # open model
faults:
  - name: delay
    manifest:
      apiVersion: chaos-mesh.org/v1alpha1
      kind: NetworkChaos
      spec:
        action: delay
        mode: all
        selector: {labelSelectors: {app: orders}}
        delay: {latency: 200ms, jitter: 10ms}
sla:
  steady:
    - p95 <= 120ms
    - errors < 0.1%
  fault:
    - p95 <= 350ms
    - p99 <= 800ms
    - errors < 1%
  recovery:
    - recovery <= 15s
`;

/** A complete, plausible result: 200 ms of delay in front of the order service, and the SLA held. */
export function aResult(overrides: Partial<Result> = {}): Result {
  return {
    schemaVersion: 'plimsoll.dev/result/v1',
    run: {
      id: '20261123-081502-k3f9',
      startedAtMs: RUN_STARTED_MS,
      endedAtMs: RUN_STARTED_MS + 66_120,
      status: 'completed',
      statusReason: '',
      exitCode: 0,
    },
    experiment: {
      name: 'order-submit-network-delay',
      description: '200 ms of network delay in front of the order service',
      owner: 'orders',
      labels: { suite: 'nightly', tier: '1' },
      hypothesis: 'Orders are accepted within the SLA while the order service is 200 ms away.',
      file: 'experiments/order-submit-network-delay.yaml',
      source: SOURCE,
    },
    environment: {
      name: 'local',
      driver: 'local',
      services: [{ name: 'orders', url: 'http://127.0.0.1:18080', replicas: 2, labels: { app: 'orders' } }],
    },
    versions: { plimsoll: '0.0.0', node: '20.0.0', platform: 'linux-x64', cpus: 2 },
    plan: {
      phasesMs: { warmup: 3_000, steady: 15_000, fault: 30_000, recovery: 15_000 },
      load: '100/s open model, at most 100 virtual users',
      sla: {
        steady: ['p95 <= 120ms', 'errors < 0.1%'],
        fault: ['p95 <= 350ms', 'p99 <= 800ms', 'errors < 1%'],
        recovery: ['recovery <= 15s'],
      },
      stopWhen: ['errors > 50% for 5s'],
      minCoverage: 1,
      findings: [],
    },
    generator: {
      name: 'embedded',
      version: '0.0.0',
      model: 'open',
      blindSpots: [
        'It speaks HTTP/1.1 only.',
        'A request given up without a response counts as at least the time until it was given up.',
      ],
      requests: 6_348,
      caveats: [],
    },
    leftBehind: [],
    clock: {
      uncertaintyMs: 1,
      maxStepMs: 0,
      note: 'Everything was timed on this machine, by one clock.',
    },
    windows: WINDOWS,
    faults: [aFault()],
    events: [
      { atMs: RUN_STARTED_MS, kind: 'run-started', message: 'run 20261123-081502-k3f9 began' },
      {
        atMs: RUN_STARTED_MS + 1_310,
        kind: 'service-ready',
        message: 'orders is ready, 2 of 2 replicas',
        target: 'orders',
      },
      { atMs: LOAD_STARTED_MS, kind: 'load-started', message: 'the load began' },
      { atMs: LOAD_STARTED_MS + 18_001, kind: 'steady-state-met', message: 'p95 12.2 ms, errors 0 %' },
      {
        atMs: LOAD_STARTED_MS + 18_250,
        kind: 'fault-injected',
        message: 'delay proven: connect +200 ms on 2 of 2',
        target: 'delay',
      },
      {
        atMs: LOAD_STARTED_MS + 48_480,
        kind: 'fault-recovered',
        message: 'delay proven gone on 2 of 2',
        target: 'delay',
      },
      { atMs: LOAD_STARTED_MS + 63_480, kind: 'load-ended', message: 'the load ended, 6,348 requests' },
    ],
    measurements: someMeasurements(),
    series: aSeries(),
    recoveryMs: 412,
    judgements: [
      aJudgement({
        phase: 'steady',
        objective: 'p95 <= 120ms',
        reading: { status: 'measured', value: 12_200, unit: 'us', samples: 1_500 },
        limit: 120_000,
        reason: 'p95 12.2 ms is within the limit of 120 ms',
      }),
      aJudgement({
        phase: 'steady',
        objective: 'errors < 0.1%',
        reading: { status: 'measured', value: 0, unit: 'share', samples: 1_500 },
        limit: 0.001,
        comparator: '<',
        reason: 'errors 0 % are below the limit of 0.1 %',
      }),
      aJudgement(),
      aJudgement({
        objective: 'p99 <= 800ms',
        reading: { status: 'measured', value: 223_000, unit: 'us', samples: 3_000 },
        limit: 800_000,
        reason: 'p99 223 ms is within the limit of 800 ms',
      }),
      aJudgement({
        objective: 'errors < 1%',
        reading: { status: 'measured', value: 0, unit: 'share', samples: 3_000 },
        limit: 0.01,
        comparator: '<',
        reason: 'errors 0 % are below the limit of 1 %',
      }),
      aJudgement({
        phase: 'recovery',
        objective: 'recovery <= 15s',
        reading: { status: 'measured', value: 412, unit: 'ms', samples: 1_500 },
        limit: 15_000,
        reason: 'recovery took 412 ms, within the limit of 15 s',
      }),
    ],
    verdict: { outcome: 'pass', reason: 'all 6 objectives held', caveats: [] },
    ...overrides,
  };
}
