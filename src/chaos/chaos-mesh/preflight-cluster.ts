import type { Finding } from '../../shared/finding.js';
import { isForbidden, KubeError } from '../../shared/kubernetes/kube-error.js';
import { listObjects } from '../../shared/kubernetes/list-objects.js';
import { objectPath, PODS } from '../../shared/kubernetes/object-path.js';
import { formatDuration } from '../../shared/units.js';
import type { ClusterAccess } from './cluster-access.js';
import { listChaosKinds } from './list-chaos.js';
import { isServing, readPod } from './pod.js';
import { remedyFor } from './remedy-for.js';

/** Where Chaos Mesh itself runs, unless somebody chose another place. */
const CHAOS_NAMESPACE = 'chaos-mesh';
const COMPONENT = 'app.kubernetes.io/component';
const CONTROLLER = 'controller-manager';
const DAEMON = 'chaos-daemon';
/** The Date header has whole seconds; less than this cannot be told from chance. */
const NOTICEABLE_OFFSET_MS = 2000;

/** Whether the cluster answers, knows Chaos Mesh, and its controller and daemons run. */
export async function preflightCluster(
  access: ClusterAccess,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { client } = access;
  try {
    const clock = await checkClock(access, signal);
    const [kinds, components] = await Promise.all([
      listChaosKinds(client, signal),
      checkComponents(access, signal),
    ]);
    if (kinds === undefined) {
      return [
        ...clock,
        {
          severity: 'stop',
          code: 'no-chaos-mesh',
          message: `the cluster ${client.server} does not know chaos-mesh.org/v1alpha1`,
          remedy: 'Install Chaos Mesh 2.x there: https://chaos-mesh.org/docs/quick-start/',
        },
      ];
    }
    return [...clock, ...components];
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [
      {
        severity: 'stop',
        code: error.status === 0 ? 'unreachable' : 'cannot-check',
        message: `cluster ${client.server}: ${error.message}`,
        remedy: remedyFor(error, client.kubectl),
      },
    ];
  }
}

/** Chaos Mesh counts the lease of a fault by the cluster's clock. */
async function checkClock(
  { client, clock }: ClusterAccess,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const sentAtMs = clock.wallMs();
  const { serverDateMs } = await client.send({ method: 'GET', path: '/version' }, signal);
  const answeredAtMs = clock.wallMs();
  if (serverDateMs === undefined) return [];
  const roundTripMs = answeredAtMs - sentAtMs;
  const offsetMs = serverDateMs + 500 - (sentAtMs + roundTripMs / 2);
  const uncertaintyMs = 500 + roundTripMs / 2;
  if (Math.abs(offsetMs) - uncertaintyMs < NOTICEABLE_OFFSET_MS) return [];
  return [
    {
      severity: 'warning',
      code: 'clock-offset',
      message: `the API server's clock is ${formatDuration(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} this machine's (to within ${formatDuration(uncertaintyMs)}); windows are measured on this machine's clock`,
      remedy: 'Let both follow the same time server.',
    },
  ];
}

async function checkComponents({ client }: ClusterAccess, signal: AbortSignal): Promise<readonly Finding[]> {
  const path = objectPath(PODS, CHAOS_NAMESPACE);
  const labelSelector = `${COMPONENT} in (${CONTROLLER},${DAEMON})`;
  try {
    const { items } = await listObjects(client, { path, labelSelector }, readPod, signal);
    const isUp = (component: string) =>
      items.some((pod) => pod.labels[COMPONENT] === component && isServing(pod));
    const look = `Look with: ${client.kubectl} -n ${CHAOS_NAMESPACE} get pods`;
    const findings: Finding[] = [];
    if (!isUp(CONTROLLER)) {
      findings.push({
        severity: 'stop',
        code: 'controller-away',
        message: `no controller of Chaos Mesh is ready in namespace ${CHAOS_NAMESPACE}: nobody would inject a fault, nor end it`,
        remedy: look,
      });
    }
    if (!isUp(DAEMON)) {
      findings.push({
        severity: 'warning',
        code: 'daemon-away',
        message: `no daemon of Chaos Mesh is ready in namespace ${CHAOS_NAMESPACE}: only pod-kill and pod-failure work without it`,
        remedy: look,
      });
    }
    return findings;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return [
      {
        severity: 'warning',
        code: 'cannot-see-chaos-mesh',
        message: `whether the controller of Chaos Mesh runs cannot be seen: ${error instanceof Error ? error.message : ''}`,
        remedy: `Grant the right to list pods in namespace ${CHAOS_NAMESPACE}.`,
      },
    ];
  }
}
