import type { AppliedFault, PlannedFault } from '../../../src/chaos/fault-injector.js';
import type { Environment } from '../../../src/chaos/environment.js';
import { NATIVE_API_VERSION } from '../../../src/chaos/native-kinds.js';
import type { ClusterConfig } from '../../../src/chaos/chaos-mesh/cluster-config.js';
import { createClusterEnvironment } from '../../../src/chaos/chaos-mesh/create-cluster-environment.js';
import type { RunEvent } from '../../../src/shared/run-event.js';
import { realClock } from '../../support/real-clock.js';
import { kubeconfig } from './kubectl.js';
import { SHOP } from './shop.js';

export interface OpenEnvironment {
  readonly environment: Environment;
  readonly runId: string;
  readonly events: RunEvent[];
}

const opened: Environment[] = [];
let runs = 0;

/** A run id that no other test has. */
export function aRunId(): string {
  runs += 1;
  return `e2e-${process.pid}-${Math.floor(performance.timeOrigin).toString(36)}-${runs}`;
}

export async function openEnvironment(
  options: {
    readonly runId?: string;
    readonly config?: Partial<ClusterConfig>;
    readonly recoverDeadlineMs?: number;
    readonly leaseMs?: number;
  } = {},
): Promise<OpenEnvironment> {
  const runId = options.runId ?? aRunId();
  const events: RunEvent[] = [];
  const environment = await createClusterEnvironment(
    {
      name: 'e2e',
      config: {
        namespace: SHOP,
        guards: { maxPercent: 100, minHealthy: 1 },
        services: {},
        reach: 'address',
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...options.config,
      },
      configFolder: '/',
      runId,
      clock: realClock,
      logger: { debug: () => undefined, warn: () => undefined },
      onEvent: (event) => events.push(event),
      leaseMs: options.leaseMs ?? 120_000,
      recoverDeadlineMs: options.recoverDeadlineMs ?? 30_000,
    },
    AbortSignal.timeout(20_000),
  );
  opened.push(environment);
  return { environment, runId, events };
}

/** After each test: a failed one must not hold the lease, nor keep its watches. */
export async function stopEnvironments(): Promise<void> {
  await Promise.all(opened.splice(0).map(async (environment) => await environment.stop()));
}

/** A fault as the plan of a run has it. */
export function aFault(
  runId: string,
  kind: string,
  spec: Record<string, unknown>,
  app = 'orders',
): PlannedFault {
  return {
    name: kind.toLowerCase(),
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind,
      metadata: {
        name: `${kind.toLowerCase()}-${runId}`,
        labels: {
          'app.kubernetes.io/managed-by': 'plimsoll',
          'plimsoll.dev/experiment': 'e2e',
          'plimsoll.dev/run': runId,
        },
      },
      spec: { mode: 'all', selector: { labelSelectors: { app } }, ...spec },
    },
    schedule: { atMs: 0 },
  };
}

/** A fault that Plimsoll carries out by itself. */
export function aNativeFault(
  runId: string,
  kind: 'PodEviction' | 'NodeDrain',
  spec: Record<string, unknown>,
): PlannedFault {
  const fault = aFault(runId, kind, {});
  return { ...fault, manifest: { ...fault.manifest, apiVersion: NATIVE_API_VERSION, spec } };
}

/** Drains the node of the tests, which is the only one, of the shop's pods alone. */
export function aDrain(runId: string, node: string, more: Record<string, unknown> = {}): PlannedFault {
  const pods = { namespaces: [SHOP], labelSelectors: { app: 'orders' } };
  return aNativeFault(runId, 'NodeDrain', {
    ...{ nodes: [node], mode: 'all', pods, gracePeriodSeconds: 0, allowLastNode: true },
    ...more,
  });
}

export const DELAY = { action: 'delay', delay: { latency: '100ms' } };
export const PARTITION = { action: 'partition', direction: 'both', externalTargets: ['10.255.255.1/32'] };

export async function inject(environment: Environment, fault: PlannedFault, withinMs = 30_000) {
  const signal = AbortSignal.timeout(withinMs);
  const applied = await environment.injector.apply(fault, signal);
  return { applied, injection: await applied.injected(signal) };
}

/** The readings of the dose until one is as it should be. */
export async function doseUntil(
  applied: AppliedFault,
  isThere: (reading: { readonly coverage: number; readonly detail: string }) => boolean,
  withinMs = 20_000,
) {
  const over = new AbortController();
  const deadline = AbortSignal.timeout(withinMs);
  let last;
  for await (const reading of applied.dose(AbortSignal.any([over.signal, deadline]))) {
    last = reading;
    if (isThere(reading)) {
      over.abort();
      return reading;
    }
  }
  throw new Error(`no such reading came; the last one: ${JSON.stringify(last)}`);
}

/** Takes it out and returns the evidence; throws the reason where there is none. */
export async function recovered(applied: AppliedFault): Promise<string> {
  const recovery = await applied.recover();
  if (recovery.status === 'unconfirmed') throw new Error(`${recovery.reason}; ${recovery.remedy}`);
  return recovery.evidence;
}

/** Asks again and again: Chaos Mesh heals by itself once its parts are back. */
export async function recoveredAtLast(applied: AppliedFault): Promise<void> {
  for (let time = 0; time < 14; time++) {
    if ((await applied.recover()).status === 'recovered') return;
  }
  await recovered(applied);
}
