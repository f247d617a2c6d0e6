import type { KubeClient, KubeObject, KubeResponse } from '../../shared/kubernetes/kube-client.js';
import { isForbidden, isNotFound, KubeError } from '../../shared/kubernetes/kube-error.js';
import { LEASES, objectPath } from '../../shared/kubernetes/object-path.js';
import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock, EpochMs } from '../../shared/time.js';
import { MANAGER_LABEL } from '../../shared/kubernetes/run-labels.js';
import { untilAnswered } from './until-answered.js';

/** One for each namespace with targets: whoever holds it is the only one to put faults in there. */
export const LEASE_NAME = 'plimsoll';
/** What a run lacks that may not use leases. */
export const WITHOUT_LEASES =
  'nothing keeps another run away from the same targets, and "sweep --orphans" on another machine takes this run for dead';
/** A holder that has not been heard of for this long is dead. */
const LEASE_SECONDS = 90;
const RENEW_EVERY_MS = 30_000;
/** As long as an API server takes to start again. */
const RELEASE_DEADLINE_MS = 20_000;

export type LeaseHolder =
  | { readonly status: 'free' }
  | { readonly status: 'held'; readonly runId: string }
  /** This identity may not see or change leases. */
  | { readonly status: 'unknown'; readonly reason: string };

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly renewTime?: string | null;
  readonly leaseDurationSeconds?: number | null;
}

export interface LeaseKeeper {
  /** Takes the lease of a namespace and keeps it. Rejects with NOT_READY where a living run holds it. */
  take(namespace: string, signal: AbortSignal): Promise<void>;
  /** Gives all of them back. Never rejects. */
  release(): Promise<void>;
}

/** Who holds the lease of a namespace, by the API server's own clock. */
export async function readLease(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<LeaseHolder> {
  try {
    return holderOf(await client.send({ method: 'GET', path: leasePath(namespace) }, signal));
  } catch (error) {
    if (isNotFound(error)) return { status: 'free' };
    if (isForbidden(error)) return { status: 'unknown', reason: messageOf(error) };
    throw error;
  }
}

export function createLeaseKeeper(options: {
  readonly client: KubeClient;
  readonly runId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): LeaseKeeper {
  const { client, runId, clock, logger } = options;
  const held = new Set<string>();
  const ended = new AbortController();
  let renewing: Promise<void> | undefined;
  /** Whoever reads a lease counts by the API server's clock: its times are written by that one, too. */
  let aheadMs = 0;

  const serverNow = (): EpochMs => clock.wallMs() + aheadMs;

  async function askTime(signal: AbortSignal): Promise<void> {
    noteTime(await client.send({ method: 'GET', path: '/version' }, signal));
  }

  function noteTime({ serverDateMs }: KubeResponse): void {
    if (serverDateMs !== undefined) aheadMs = serverDateMs - clock.wallMs();
  }

  async function renew(): Promise<void> {
    for (;;) {
      await clock.sleep(RENEW_EVERY_MS, ended.signal).catch(() => undefined);
      if (ended.signal.aborted) return;
      for (const namespace of held) {
        const body = { spec: { holderIdentity: runId, renewTime: microTime(serverNow()) } };
        await attempt(async () => {
          noteTime(await client.send({ method: 'PATCH', path: leasePath(namespace), body }, ended.signal));
        });
      }
    }
  }

  async function attempt(request: () => Promise<void>): Promise<void> {
    try {
      await request();
    } catch (error) {
      if (ended.signal.aborted) return;
      if (!(error instanceof KubeError)) throw error;
      logger.debug(`lease: ${error.message}`);
    }
  }

  return {
    async take(namespace, signal) {
      if (held.has(namespace)) return;
      await untilAnswered(clock, signal, async () => {
        if (held.size === 0) await askTime(signal);
        await takeLease(client, namespace, runId, serverNow(), signal);
      });
      held.add(namespace);
      renewing ??= renew();
    },
    async release() {
      ended.abort();
      await renewing;
      const deadline = AbortSignal.timeout(RELEASE_DEADLINE_MS);
      for (const namespace of held) {
        try {
          await untilAnswered(clock, deadline, async () => {
            const holder = await readLease(client, namespace, deadline);
            if (holder.status !== 'held' || holder.runId !== runId) return;
            await client.send({ method: 'DELETE', path: leasePath(namespace) }, deadline);
          });
        } catch (error) {
          logger.debug(`lease of ${namespace}: ${messageOf(error)}`); // it runs out by itself
        }
      }
      held.clear();
    },
  };
}

/** Frees what a dead run held, so that nobody has to wait until it runs out. */
export async function freeLease(
  client: KubeClient,
  namespace: string,
  deadRuns: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const holder = await readLease(client, namespace, signal);
    if (holder.status !== 'held' || !deadRuns.has(holder.runId)) return;
    await client.send({ method: 'DELETE', path: leasePath(namespace) }, signal);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error; // else it runs out by itself
  }
}

async function takeLease(
  client: KubeClient,
  namespace: string,
  runId: string,
  nowMs: EpochMs,
  signal: AbortSignal,
): Promise<void> {
  const spec = {
    holderIdentity: runId,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: microTime(nowMs),
  };
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: LEASE_NAME, namespace, labels: { [MANAGER_LABEL]: 'plimsoll' } },
    spec,
  };
  try {
    await client.send({ method: 'POST', path: objectPath(LEASES, namespace), body: lease }, signal);
  } catch (error) {
    if (isForbidden(error)) return; // preflight has warned
    if (!(error instanceof KubeError) || error.status !== 409) throw error;
    const response = await client.send({ method: 'GET', path: leasePath(namespace) }, signal);
    const holder = holderOf(response);
    if (holder.status === 'held' && holder.runId !== runId) throw heldBy(namespace, holder.runId);
    // The version makes it a contest that one alone can win.
    const { resourceVersion } = (response.body as KubeObject).metadata;
    const metadata = { resourceVersion };
    await client.send({ method: 'PATCH', path: leasePath(namespace), body: { metadata, spec } }, signal);
  }
}

export function heldBy(namespace: string, runId: string): PlimsollError {
  return new PlimsollError(
    'NOT_READY',
    `run ${runId} is putting faults into namespace ${namespace} just now`,
    {
      remedy: 'Wait until it is over. The lease of a run that died is free again after a minute and a half.',
    },
  );
}

function holderOf({ body, serverDateMs }: KubeResponse): LeaseHolder {
  const { holderIdentity, renewTime, leaseDurationSeconds }: LeaseSpec = (body as KubeObject).spec ?? {};
  if (typeof holderIdentity !== 'string' || holderIdentity === '') return { status: 'free' };
  const renewedAtMs = Date.parse(renewTime ?? '');
  const lastsMs = (leaseDurationSeconds ?? LEASE_SECONDS) * 1000;
  const over = serverDateMs !== undefined && !(renewedAtMs + lastsMs > serverDateMs);
  return over ? { status: 'free' } : { status: 'held', runId: holderIdentity };
}

function leasePath(namespace: string): string {
  return objectPath(LEASES, namespace, LEASE_NAME);
}

/** As the API has it: RFC 3339 with microseconds. */
function microTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}
