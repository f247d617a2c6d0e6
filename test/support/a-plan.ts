import type { PlannedFault } from '../../src/chaos/fault-injector.js';
import type { Plan } from '../../src/experiments/plan.js';
import { JUDGED_PHASES, type JudgedPhase, type Sla } from '../../src/sla/objective.js';
import { parseObjective } from '../../src/sla/parse-objective.js';
import { aRequest } from './a-request.js';

export function aPlannedFault(overrides: Partial<PlannedFault> = {}): PlannedFault {
  return {
    name: 'delay',
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'NetworkChaos',
      spec: {
        action: 'delay',
        mode: 'all',
        selector: { labelSelectors: { app: 'orders' } },
        delay: { latency: '200ms' },
      },
    },
    schedule: { atMs: 0 },
    ...overrides,
  };
}

/** Objectives by phase, as a file has them. */
export function anSla(lines: Partial<Record<JudgedPhase, readonly string[]>>): Sla {
  const read = (phase: JudgedPhase) =>
    (lines[phase] ?? []).map((line) => {
      const parsed = parseObjective(line, phase);
      if (!parsed.ok) throw new Error(parsed.error.message);
      return parsed.objective;
    });
  const [steady, fault, recovery] = JUDGED_PHASES.map(read);
  return { steady: steady ?? [], fault: fault ?? [], recovery: recovery ?? [] };
}

/** A plan of seconds, with one fault and a sane SLA. */
export function aPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    runId: '20261123-081502-k3f9',
    experiment: {
      name: 'order-submit-network-delay',
      labels: {},
      hypothesis: 'Orders are accepted while the order service is 200 ms away.',
      file: 'experiments/order-submit-network-delay.yaml',
      source: '',
    },
    environment: { name: 'fake', driver: 'local', services: [] },
    phasesMs: { warmup: 1000, steady: 10_000, fault: 10_000, recovery: 10_000 },
    load: {
      kind: 'http',
      requests: [aRequest({ name: 'POST /orders' })],
      timeoutMs: 5000,
      profile: { model: 'open', ratePerSecond: 100, maxVUs: 100 },
      maxDurationMs: 60_000,
    },
    generator: { name: 'embedded', version: '0', model: 'open', blindSpots: [] },
    faults: [aPlannedFault()],
    targets: { delay: [{ id: 'orders-1', uid: 'orders-1#1', service: 'orders' }] },
    sla: anSla({
      steady: ['p95 <= 120ms', 'errors < 0.1%'],
      fault: ['p95 <= 350ms', 'errors < 1%'],
      recovery: ['recovery <= 5s'],
    }),
    guards: { minCoverage: 1, stopWhen: [] },
    deadlinesMs: { start: 60_000, inject: 30_000, recover: 60_000 },
    findings: [],
    ...overrides,
  };
}
