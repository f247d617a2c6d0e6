import type { Logger } from '../../shared/logger.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import type { RunEvent } from '../../shared/run-event.js';
import type { Clock, DurationMs } from '../../shared/time.js';
import type { RunnerPlace } from './check-runners.js';
import type { ServiceDescription } from '../environment.js';
import type { ClusterConfig } from './cluster-config.js';

/** What every part of the driver works with: one cluster, for one run. */
export interface ClusterAccess {
  readonly client: KubeClient;
  readonly config: ClusterConfig;
  readonly runId: string;
  /** The services that the load reaches through a port-forward. */
  readonly forwarded: readonly ForwardedService[];
  /** `shop/plimsoll-7d4f`, where Plimsoll itself runs in a pod. */
  readonly ownPod?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: RunEvent) => void;
  /** Undefined where no pods make the load. */
  readonly runners: RunnerPlace | undefined;
  /** Chaos Mesh itself ends a fault this long after its creation. */
  readonly leaseMs: DurationMs;
  /** For the proof that a fault is gone. */
  readonly recoverDeadlineMs: DurationMs;
}

/** The labels are those by which the Service selects its pods. */
export interface ForwardedService extends Pick<ServiceDescription, 'name' | 'labels'> {
  readonly namespace: string;
}
