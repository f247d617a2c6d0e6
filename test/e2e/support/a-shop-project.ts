import { parse } from 'yaml';
import { aProject, anExperiment, type Project } from '../../support/a-project.js';
import { kubeconfig } from './kubectl.js';
import { SHOP } from './shop.js';

/** The steps of a run in their order, as its progress names them. */
export const STEPS = ['start', 'warmup', 'steady', 'inject', 'fault', 'recover', 'recovery', 'stop'] as const;
export type Step = (typeof STEPS)[number];

const STEP_LINE = new RegExp(`^ +\\d+:\\d\\d  (${STEPS.join('|')})(?= |$)`, 'gm');

/**
 * A folder with a plimsoll.yaml whose environment `shop` is the namespace of the tests, and `gate.yaml`, which runs for
 * some seconds on the embedded generator.
 *
 * @param environment what the environment says beside that
 */
export async function aShopProject(
  environment: Readonly<Record<string, unknown>> = {},
  experiment: Readonly<Record<string, unknown>> = {},
): Promise<Project> {
  const project = await aProject({}, { shop: shopEnvironment(environment) });
  await project.write('gate.yaml', aGate(experiment));
  return project;
}

export function shopEnvironment(overrides: Readonly<Record<string, unknown>> = {}): object {
  return {
    driver: 'kubernetes',
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    namespace: SHOP,
    reach: 'address',
    services: { orders: { service: 'orders', port: 80 } },
    ...overrides,
  };
}

/** An experiment that any service passes; what it puts in is a partition from a place that nobody talks to. */
export function aGate(overrides: Readonly<Record<string, unknown>> = {}): object {
  return anExperiment({
    metadata: { name: 'gate' },
    phases: { warmup: '1s', steady: '1s', fault: '2s', recovery: '1s' },
    load: {
      http: { baseUrl: '{{services.orders.url}}', timeout: '2s', requests: [{ path: '/' }] },
      profile: { rate: '10/s', maxVUs: 20 },
    },
    faults: [aShopFault('cut', PARTITION_SPEC)],
    sla: { steady: ['errors < 100%'], fault: ['errors <= 100%'], recovery: [] },
    ...overrides,
  });
}

/** An experiment of the catalogue as it takes some seconds on any service: its faults, and nothing judged but whether they worked. */
export function shortened(source: string): object {
  const experiment = parse(source) as Readonly<Record<string, unknown>>;
  return {
    ...experiment,
    ...(aGate() as { load: object; sla: object }),
    metadata: experiment.metadata,
    faults: (experiment.faults as readonly object[]).map((fault) => ({ ...fault, dose: 'off' })),
    // There is no warmup, and a machine may be so busy that requests of a whole second reach out of it.
    phases: { steady: '3s', fault: '3s', recovery: '1s' },
    deadlines: { inject: '40s', recover: '40s' },
    guards: { minCoverage: 0 },
  };
}

const PARTITION_SPEC = { action: 'partition', direction: 'both', externalTargets: ['10.255.255.1/32'] };

export function aShopFault(
  name: string,
  spec: Readonly<Record<string, unknown>>,
  kind = 'NetworkChaos',
): object {
  return {
    name,
    // The load need not notice it: that it was put in and taken out is what these tests are about.
    dose: 'off',
    manifest: {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind,
      spec: { mode: 'all', selector: { labelSelectors: { app: 'orders' } }, ...spec },
    },
  };
}

/** The step that a run has come to, by what it printed; undefined before its first one. */
export function stepOf(stderr: string): Step | undefined {
  return [...stderr.matchAll(STEP_LINE)].at(-1)?.[1] as Step | undefined;
}
