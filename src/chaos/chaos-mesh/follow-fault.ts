import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { KubeObject } from '../../shared/kubernetes/kube-client.js';
import type {
  AppliedFault,
  DoseReading,
  Injection,
  PlannedFault,
  Recovery,
  Target,
} from '../fault-injector.js';
import type { NamedManifest } from './build-manifest.js';
import { isComposite, resourceOf } from './chaos-kinds.js';
import type { ChaosSight } from './chaos-sight.js';
import { trackChaos } from './chaos-tracker.js';
import { choiceOf } from './choose-pods.js';
import type { ClusterAccess } from './cluster-access.js';
import { explainNoInjection } from './explain-no-injection.js';
import type { Pod } from './pod.js';
import type { PodWatcher } from './watch/pod-watcher.js';
import { podOf, readCoverage } from './read-coverage.js';
import { recoverFault } from './recover-fault.js';
import { trackComposite } from './track-composite.js';
import { waitUntilBack } from './wait-until-back.js';
import type { UsageWatch } from './watch-usage.js';

const READ_EVERY_MS = 1000;

/** What has been created, and what it is watched by. */
export interface FollowedFault {
  readonly access: ClusterAccess;
  readonly fault: PlannedFault;
  readonly manifest: NamedManifest;
  readonly created: KubeObject;
  /** Undefined where it acts on something else. */
  readonly pods?: {
    readonly watcher: Pick<PodWatcher, 'pods' | 'changed'>;
    /** Those that it was put into, as they were then. */
    readonly carriers: readonly Pod[];
    readonly servingBefore: number;
    /** What they use, for faults that take of it. */
    readonly usage?: UsageWatch | undefined;
    /** Called when it is proven out of them. */
    readonly onGone: () => void;
  };
  readonly oneShot: boolean;
  readonly emit: (kind: string, message: string, target?: string) => void;
}

export interface HeldFault {
  readonly applied: AppliedFault;
  /** Ends the watch on its object, however far it came. May be called again. */
  release(): Promise<void>;
}

/** A fault whose object exists, with what ends the watches on it. */
export function followFault(followed: FollowedFault): HeldFault {
  const { access, fault, manifest, created, pods, oneShot, emit } = followed;
  const { watcher, carriers = [], servingBefore = 0 } = pods ?? {};
  const { client, clock, logger } = access;
  const what = `${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`;
  let ours = false;
  const track = isComposite(manifest) ? trackComposite : trackChaos;
  const tracker = track({
    ...{ client, resource: resourceOf(manifest), kind: manifest.kind, created, clock, logger },
    onSight: (sight, before) => {
      if (ours) return;
      const deleted = sight.presence === 'gone' || sight.state.deleting;
      const wasDeleted = before.presence === 'gone' || before.state.deleting;
      if (deleted && !wasDeleted) emit('fault-deleted', `${what} was deleted by somebody else`);
      if (sight.state.status === before.state.status) return;
      if (sight.state.status === 'paused') emit('fault-paused', `${what} was paused by somebody else`);
      if (before.state.status === 'paused' && !deleted) emit('fault-resumed', `the pause of ${what} ended`);
    },
  });
  let recovery: Promise<Recovery> | undefined;

  async function recover(): Promise<Recovery> {
    ours = true;
    const settled =
      oneShot && watcher
        ? async (until: AbortSignal) =>
            await waitUntilBack(watcher, fault.manifest, carriers, servingBefore, until)
        : undefined;
    const outcome = await recoverFault(access, manifest, tracker, settled);
    if (outcome.status === 'recovered') {
      pods?.onGone();
      await tracker.stop();
    } else recovery = undefined; // asked again, it tries again
    return outcome;
  }

  const once = async () => await (recovery ??= recover());
  const applied: AppliedFault = {
    async injected(signal) {
      try {
        return await tracker.until((sight) => {
          if (sight.presence === 'gone' || sight.state.deleting)
            throw notInjected(`${what} was deleted by somebody else`);
          if (sight.state.status === 'paused') throw notInjected(`${what} was paused by somebody else`);
          return sight.state.status === 'injected' ? injectionOf(sight, carriers) : undefined;
        }, signal);
      } catch (error) {
        if (signal.aborted && !isDeadline(signal.reason)) throw error;
        const reason = signal.aborted
          ? await explainNoInjection(client, manifest, tracker.current())
          : messageOf(error);
        void once(); // it is taken out at once; whoever calls recover() gets the outcome
        throw notInjected(reason, error);
      }
    },
    async *dose(signal) {
      while (!signal.aborted) {
        const reading = readCoverage({
          sight: tracker.current(),
          carriers,
          pods: watcher?.pods() ?? [],
          choice: choiceOf(fault),
          oneShot,
          composite: isComposite(manifest),
        });
        const effect = await pods?.usage?.look(signal).catch(() => undefined); // aborted: the loop ends
        yield {
          atMs: clock.nowMs(),
          ...reading,
          ...(effect === undefined ? {} : { effect }),
        } satisfies DoseReading;
        await clock.sleep(READ_EVERY_MS, signal).catch(() => undefined); // aborted: the loop ends
      }
    },
    recover: once,
  };
  return {
    applied,
    async release() {
      await tracker.stop();
    },
  };
}

function injectionOf(sight: ChaosSight, carriers: readonly Pod[]): Injection {
  const records = sight.state.records.filter(({ selectorKey }) => selectorKey === '.');
  const uids = new Map(carriers.map(({ id, uid }) => [id, uid]));
  const ids = [...new Set(records.map(({ id }) => podOf(id)))];
  const targets = ids.map((id): Target => ({ id, uid: uids.get(id) ?? '' }));
  return {
    injectedAtMs: sight.seenAtMs,
    targets,
    evidence: `AllInjected, ${sight.state.records.length} of ${sight.state.records.length} records injected`,
  };
}

function notInjected(message: string, cause?: unknown): PlimsollError {
  return new PlimsollError('FAULT_NOT_INJECTED', message, { cause });
}

/** Given up because the time was over, and not because somebody interrupted the run. */
export function isDeadline(reason: unknown): boolean {
  if (reason instanceof PlimsollError) return reason.code === 'DEADLINE';
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
