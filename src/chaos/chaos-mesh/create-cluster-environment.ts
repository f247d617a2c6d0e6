import { messageOf } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import type { Logger } from '../../shared/logger.js';
import type { RunEvent } from '../../shared/run-event.js';
import type { Clock, DurationMs } from '../../shared/time.js';
import type { Environment } from '../environment.js';
import { MANAGER_LABEL, RUN_LABEL } from '../../shared/kubernetes/run-labels.js';
import { resourceOf } from './chaos-kinds.js';
import type { ClusterAccess } from './cluster-access.js';
import { isNativeKind } from '../native-kinds.js';
import { checkReach, type RunnerPlace } from './check-runners.js';
import { allowedNamespaces, type ClusterConfig } from './cluster-config.js';
import { createClusterClient } from './create-cluster-client.js';
import { createClusterInjector } from './cluster-injector.js';
import { openForwards } from './forward/service-forwards.js';
import { listChaos } from './list-chaos.js';
import { listMarked } from './native/sweep-nodes.js';
import { preflightCluster } from './preflight-cluster.js';
import { resolveServices } from './resolve-services.js';
import { createLeaseKeeper } from './run-lease.js';
import { untilAnswered } from './until-answered.js';

export interface ClusterEnvironmentOptions {
  readonly name: string;
  readonly config: ClusterConfig;
  /** The folder of plimsoll.yaml, which a relative kubeconfig stands against. */
  readonly configFolder: string;
  /** The services that the load or the environment itself names. */
  readonly usedServices?: readonly string[];
  readonly runId: string;
  /** `shop/plimsoll-7d4f`, where Plimsoll itself runs in a pod: no fault hits it. */
  readonly ownPod?: string | undefined;
  /** Whether any fault of the run needs it; undefined: it does. */
  readonly usesChaosMesh?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: RunEvent) => void;
  /** Where pods make the load; no fault may hit them. */
  readonly runners?: RunnerPlace;
  /** Longer than any fault of the run is in, with all that may go wrong: after it, Chaos Mesh ends a fault by itself. */
  readonly leaseMs: DurationMs;
  /** How long the run waits for the proof of a recovery. */
  readonly recoverDeadlineMs: DurationMs;
}

/** The driver answers before the run stops waiting for it, so that it is the one to say what is wrong. */
const MARGIN_MS = 2000;
/** As long as an API server takes to start again. */
const CHECK_DEADLINE_MS = 20_000;

/**
 * An environment on a cluster with Chaos Mesh. Looks up the addresses of the services; what it does not find out is for
 * preflight to tell. Rejects with NOT_READY where the kubeconfig is of no use.
 */
export async function createClusterEnvironment(
  options: ClusterEnvironmentOptions,
  signal: AbortSignal,
): Promise<Environment> {
  const {
    name,
    config,
    configFolder,
    runId,
    clock,
    logger,
    onEvent,
    leaseMs,
    usedServices = [],
    runners,
  } = options;
  const client = await createClusterClient(config, configFolder);
  const recoverDeadlineMs = Math.max(1000, options.recoverDeadlineMs - MARGIN_MS);
  // No port-forward of this machine is of use to a pod.
  const usedHere = usedServices.filter((service) => runners?.services.includes(service) !== true);
  const resolved = await resolveServices(client, config, usedHere, signal);
  const wanted = resolved.filter((each) => each.status === 'to-forward');
  const forwards = await openForwards({ client, clock, logger, onEvent }, wanted);
  const access: ClusterAccess = {
    ...{ client, config, runId, ownPod: options.ownPod, clock, logger },
    ...{ onEvent, leaseMs, recoverDeadlineMs, runners },
    forwarded: wanted.map(({ name, of, labels }) => ({ name, namespace: of.namespace, labels })),
  };
  const leases = createLeaseKeeper({ client, runId, clock, logger });
  const injector = createClusterInjector(access, leases);
  return {
    name,
    driver: 'kubernetes',
    services: [
      ...resolved.flatMap((each) => (each.status === 'to-forward' ? [] : [each.service])),
      ...forwards.services,
    ],
    injector,
    async preflight(until) {
      const found = await preflightCluster(access, options.usesChaosMesh ?? true, until);
      const unknown = resolved.flatMap((each) => (each.status === 'unknown' ? [each.finding] : []));
      // Where the cluster does not even answer, that says it all.
      const ways = found.some(({ severity }) => severity === 'stop') ? [] : await forwards.preflight(until);
      return [...found, ...unknown, ...checkReach(config, runners), ...ways];
    },
    async start(until) {
      await forwards.start(until);
      await injector.watch(until);
      for (const namespace of injector.namespaces()) await leases.take(namespace, until);
    },
    // A cluster that cannot be reached is a matter of each call: none of its faults ends with it.
    failed: new Promise(() => undefined),
    async stop() {
      await forwards.stop();
      await injector.release();
      const [remains] = await Promise.all([findRemains(access, injector.appliedKinds()), leases.release()]);
      return remains;
    },
  };
}

/** What is still there of this very run. */
async function findRemains(
  { client, config, runId, clock }: ClusterAccess,
  appliedKinds: readonly string[],
): Promise<readonly Finding[]> {
  const deadline = AbortSignal.timeout(CHECK_DEADLINE_MS);
  try {
    const kinds = appliedKinds
      .filter((kind) => !isNativeKind(kind))
      .map((kind) => ({ kind, resource: resourceOf({ kind }) }));
    const selector = `${MANAGER_LABEL}=plimsoll,${RUN_LABEL}=${runId}`;
    const namespaces = allowedNamespaces(config);
    const [{ objects, unseen }, marked] = await untilAnswered(clock, deadline, async () => [
      await listChaos(client, kinds, namespaces, selector, deadline),
      appliedKinds.includes('NodeDrain')
        ? await listMarked({ client }, `${RUN_LABEL}=${runId}`, deadline)
        : [],
    ]);
    if (unseen.length > 0) throw new Error(`no right to list ${unseen.join(', ')}`);
    return [
      ...objects.map(({ kind, metadata }) =>
        isLeft(
          `${kind} ${metadata.namespace ?? ''}/${metadata.name} is still there`,
          `${client.kubectl} -n ${metadata.namespace ?? ''} delete ${kind.toLowerCase()} ${metadata.name}`,
        ),
      ),
      ...marked.map(({ id }) =>
        isLeft(`node ${id} is still cordoned by this run`, `${client.kubectl} uncordon ${id}`),
      ),
    ];
  } catch (error) {
    return [
      {
        severity: 'stop',
        code: 'cannot-check',
        message: `whether anything of the run is left on ${client.server} could not be looked up: ${messageOf(error)}`,
        remedy: `${client.kubectl} get networkchaos,podchaos,stresschaos -A -l ${RUN_LABEL}=${runId}`,
      },
    ];
  }
}

function isLeft(message: string, remedy: string): Finding {
  return { severity: 'stop', code: 'fault-left', message, remedy };
}
