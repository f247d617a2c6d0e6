import { formatDuration } from '../../shared/units.js';
import type { EpochMs } from '../../shared/time.js';
import type { Recovery } from '../fault-injector.js';
import type { NamedManifest } from './build-manifest.js';
import { leftoverResource } from './chaos-kinds.js';
import type { ChaosTracker } from './chaos-tracker.js';
import type { ClusterAccess } from './cluster-access.js';
import {
  describeFree,
  describeStuck,
  doubtAbout,
  isFree,
  lookAt,
  nameOf,
} from './recover/describe-recovery.js';
import { lookForLeftovers } from './recover/look-for-leftovers.js';
import { whileNudging } from './recover/nudge-controller.js';
import { requestDeletion } from './recover/request-deletion.js';

type Access = Pick<ClusterAccess, 'client' | 'clock' | 'recoverDeadlineMs'>;

/**
 * Deletes the object and waits for proof: every record free of the fault, the object gone, nothing of it left in the
 * pods. Never rejects; what could not be proven in time is `unconfirmed`, with what was seen and the command to look.
 *
 * @param settled resolves to evidence once the targets themselves are back, for faults that end a pod or container
 */
export async function recoverFault(
  access: Access,
  manifest: NamedManifest,
  tracker: ChaosTracker,
  settled?: (signal: AbortSignal) => Promise<string>,
): Promise<Recovery> {
  const { client, clock, recoverDeadlineMs } = access;
  const requestedAtMs = clock.nowMs();
  const deadline = AbortSignal.timeout(recoverDeadlineMs);
  const unconfirmed = (reason: string, remedy = lookAt(client.kubectl, manifest)): Recovery => ({
    status: 'unconfirmed',
    requestedAtMs,
    reason,
    remedy,
  });
  let freeAtMs: EpochMs | undefined;
  let problem = '';
  try {
    await requestDeletion(access, manifest, tracker, deadline, (message) => (problem = message));
    const last = await whileNudging(
      access,
      tracker,
      deadline,
      async () =>
        await tracker.until((sight) => {
          if (isFree(sight.state)) freeAtMs ??= sight.seenAtMs;
          return sight.presence === 'gone' ? sight : undefined;
        }, deadline),
    );
    const doubt = doubtAbout(last);
    const leftovers = await lookForLeftovers(access, tracker.parts(), last.state, deadline);
    if (leftovers.status === 'left') {
      return unconfirmed(
        `${nameOf(manifest)} is gone, but it may still be in the pods: ${leftovers.holders.join(', ')}`,
        `${client.kubectl} get ${leftoverResource(manifest.kind)?.plural ?? ''} -A -o yaml; then replace those pods`,
      );
    }
    if (doubt !== undefined && leftovers.status !== 'clean') return unconfirmed(doubt);
    const back = settled === undefined ? '' : `, ${await settled(deadline)}`;
    return {
      status: 'recovered',
      requestedAtMs,
      recoveredAtMs: settled === undefined ? (freeAtMs ?? last.seenAtMs) : clock.nowMs(),
      evidence: `${describeFree(last.state)}, object gone${leftovers.evidence}${back}`,
    };
  } catch (error) {
    if (!deadline.aborted) throw error;
    const waited = formatDuration(recoverDeadlineMs);
    return unconfirmed(`not proven within ${waited}: ${describeStuck(manifest, tracker.current(), problem)}`);
  }
}
