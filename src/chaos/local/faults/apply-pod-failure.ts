import { PlimsollError } from '../../../shared/errors.js';
import type { AppliedFault } from '../../fault-injector.js';
import { groupMembers } from '../process-table.js';
import type { KilledInstance } from '../services/replica.js';
import { awaitReplicasBack } from './await-replicas-back.js';
import type { Chosen, LocalWorld, ReplicaPlace } from './local-world.js';
import { onceRecovered } from './once-recovered.js';
import { orAborted } from '../or-aborted.js';
import { readDoses } from './read-doses.js';

/** Ends the targets' processes with SIGKILL and keeps them down until it is recovered. */
export function applyPodFailure(
  name: string,
  targets: readonly Chosen<ReplicaPlace>[],
  world: LocalWorld,
): AppliedFault {
  const { clock } = world;
  const held = Promise.all(
    targets.map(async (chosen) => ({ chosen, killed: await chosen.place.replica.hold(name) })),
  );

  return {
    async injected(signal) {
      const done = await orAborted(held, signal);
      for (const one of done) await proveDown(one, signal);
      return {
        injectedAtMs: clock.nowMs(),
        targets: targets.map(({ target }) => target),
        evidence: `${done.map(describeDown).join(', ')}: kept down, ${done.length} of ${targets.length}`,
      };
    },
    dose: (signal) =>
      readDoses(clock, signal, () => {
        const down = targets.filter(({ place }) => place.replica.state.current.status === 'down');
        return Promise.resolve({
          coverage: down.length / targets.length,
          detail: targets
            .map(({ place }) => `${place.id} is ${place.replica.state.current.status}`)
            .join(', '),
        });
      }),
    recover: onceRecovered(async () => {
      const requestedAtMs = clock.nowMs();
      const done = await held;
      for (const { place } of targets) place.replica.release(name);
      const backoffMs = Math.max(...targets.map(({ place }) => place.replica.spec.config.restartBackoff));
      return await awaitReplicasBack(
        done.map(({ chosen, killed }) => ({ chosen, endedUid: killed?.instance.uid ?? chosen.target.uid })),
        requestedAtMs,
        backoffMs,
      );
    }),
  };
}

interface Held {
  readonly chosen: Chosen<ReplicaPlace>;
  readonly killed: KilledInstance | undefined;
}

/** No process of the replica's group is there, and none will be: the supervisor has taken note. */
async function proveDown({ chosen, killed }: Held, signal: AbortSignal): Promise<void> {
  const { id, replica } = chosen.place;
  if (killed?.ending.status === 'left') {
    throw new PlimsollError(
      'FAULT_NOT_INJECTED',
      `the process of ${id} (pid ${killed.instance.pid}) could not be ended: ${killed.ending.reason}`,
    );
  }
  await replica.state.until((state) => state.status === 'down', signal);
  if (killed === undefined) return;
  const left = await groupMembers(killed.instance.pid);
  if (left.length > 0) {
    throw new PlimsollError('FAULT_NOT_INJECTED', `${id} still has ${left.length} processes after SIGKILL`);
  }
}

function describeDown({ chosen, killed }: Held): string {
  return killed === undefined
    ? `${chosen.place.id} was down already`
    : `${killed.instance.uid} (pid ${killed.instance.pid}) gone`;
}
