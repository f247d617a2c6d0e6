/**
 * How long `plimsoll plan` takes on a cluster with thousands of pods, and whether its memory grows with them. By itself
 * against an API server that this script plays; against a real one with
 * `node dist/bench/cluster-plan.js --kubeconfig FILE`, which makes and removes namespaces of its own there, with pods
 * that no node ever runs.
 */
import { parseArgs } from 'node:util';
import { aChaosMeshPod, serveCluster } from '../test/support/serve-cluster.js';
import { createGoals } from './support/goals.js';
import { aLargePod, createManyPods, deleteNamespace, MANAGED_FIELDS, RUNNING } from './support/many-pods.js';
import { median } from './support/median.js';
import { planOnce, type MeasuredPlan } from './support/plan-once.js';

const [FEW, MANY] = [500, 5000];
const ROUNDS = 3;
const LONGEST_MS = 3000;
/** Of the whole process, most of which is Node and the code itself. */
const GROWTH = 0.25;

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' } } });

const goals = createGoals();
const few = await measure(FEW);
const many = await measure(MANY);
goals.add(`targets found among ${MANY} pods`, String(many.targets), String(MANY), many.targets === MANY);
goals.add(
  `preflight and plan, ${MANY} pods, all of them targets`,
  `${many.ms.toFixed(0)} ms (${FEW} pods: ${few.ms.toFixed(0)} ms)`,
  `less than ${LONGEST_MS} ms`,
  many.ms < LONGEST_MS,
);
goals.add(
  'processor time of the same',
  `${many.processorMs.toFixed(0)} ms (${FEW} pods: ${few.processorMs.toFixed(0)} ms)`,
  `less than ${LONGEST_MS} ms`,
  many.processorMs < LONGEST_MS,
);
const growth = many.peakMb / few.peakMb - 1;
goals.add(
  `peak memory, ${FEW} to ${MANY} pods`,
  `${few.peakMb.toFixed(0)} to ${many.peakMb.toFixed(0)} MB, ${growth < 0 ? '' : '+'}${(growth * 100).toFixed(0)} %`,
  `at most +${GROWTH * 100} %`,
  growth <= GROWTH,
);
goals.print(
  `plimsoll plan on ${values.kubeconfig === undefined ? 'an API server played by this script' : 'a real API server'}`,
);

async function measure(count: number): Promise<MeasuredPlan> {
  return values.kubeconfig === undefined ? await onFake(count) : await onReal(values.kubeconfig, count);
}

async function onFake(count: number): Promise<MeasuredPlan> {
  const pods = Array.from({ length: count }, (_, index) => ({
    ...aLargePod('shop', index),
    status: RUNNING,
  }));
  const placed = pods.map((pod, index) => ({
    ...pod,
    metadata: { ...pod.metadata, uid: `uid-${index}`, managedFields: MANAGED_FIELDS },
    spec: { ...pod.spec, nodeName: `node-${index % 50}` },
  }));
  const daemons = Array.from({ length: 50 }, (_, index) =>
    aChaosMeshPod('chaos-daemon', { node: `node-${index}` }),
  );
  const service = { metadata: { name: 'orders', namespace: 'shop' }, spec: { selector: { app: 'orders' } } };
  const objects = { pods: [...placed, ...daemons, aChaosMeshPod('controller-manager')], services: [service] };
  const server = await serveCluster({ objects });
  try {
    return await rounds(server.kubeconfig, 'shop');
  } finally {
    await server.close();
  }
}

async function onReal(kubeconfig: string, count: number): Promise<MeasuredPlan> {
  const namespace = `plimsoll-bench-${process.pid}-${count}`;
  const client = await createManyPods(kubeconfig, namespace, count);
  try {
    return await rounds(kubeconfig, namespace);
  } finally {
    await deleteNamespace(client, namespace);
  }
}

async function rounds(kubeconfig: string, namespace: string): Promise<MeasuredPlan> {
  const all: MeasuredPlan[] = [];
  for (let round = 0; round < ROUNDS; round++) all.push(await planOnce(kubeconfig, namespace));
  return {
    ms: median(all.map(({ ms }) => ms)),
    processorMs: median(all.map(({ processorMs }) => processorMs)),
    peakMb: median(all.map(({ peakMb }) => peakMb)),
    targets: all[0]?.targets ?? 0,
  };
}
