import { PlimsollError } from '../../../shared/errors.js';
import type { EpochMs } from '../../../shared/time.js';
import { formatDuration } from '../../../shared/units.js';
import type { AppliedFault, DoseReading } from '../../fault-injector.js';
import type { KillPlan } from '../local-fault.js';
import type { KilledInstance } from '../services/replica.js';
import { awaitReplicasBack, notRunning } from './await-replicas-back.js';
import type { Chosen, LocalWorld, ReplicaPlace } from './local-world.js';
import { onceRecovered } from './once-recovered.js';
import { orAborted } from '../or-aborted.js';
import { readDoses } from './read-doses.js';

interface Strike {
  readonly chosen: Chosen<ReplicaPlace>;
  readonly killed: KilledInstance | undefined;
  readonly askedAtMs: EpochMs;
  readonly goneAtMs: EpochMs;
}

/** Ends the targets' processes. The supervisor starts others after its back-off, and that is the recovery. */
export function applyKill(
  name: string,
  kill: KillPlan,
  targets: readonly Chosen<ReplicaPlace>[],
  world: LocalWorld,
): AppliedFault {
  const { clock } = world;
  const strikes = Promise.all(targets.map((chosen) => strike(name, kill, chosen, world)));

  return {
    async injected(signal) {
      const done = await orAborted(strikes, signal);
      for (const { chosen, killed } of done) {
        const { id, state } = { id: chosen.place.id, state: chosen.place.replica.state.current };
        if (killed === undefined) throw notRunning(id, state.status, name);
        if (killed.ending.status === 'left') {
          throw new PlimsollError(
            'FAULT_NOT_INJECTED',
            `the process of ${id} (pid ${killed.instance.pid}) could not be ended: ${killed.ending.reason}`,
          );
        }
      }
      return {
        injectedAtMs: Math.max(...done.map(({ goneAtMs }) => goneAtMs)),
        targets: targets.map(({ target }) => target),
        evidence: done.map((one) => describeStrike(one, kill)).join(', '),
      };
    },
    dose: (signal) => readDoses(clock, signal, async () => readHits(await strikes)),
    recover: onceRecovered(async () => {
      const requestedAtMs = clock.nowMs();
      const backoffMs = Math.max(...targets.map(({ place }) => place.replica.spec.config.restartBackoff));
      return await awaitReplicasBack(
        (await strikes).map(({ chosen, killed }) => ({ chosen, endedUid: killed?.instance.uid })),
        requestedAtMs,
        backoffMs,
      );
    }),
  };
}

async function strike(
  name: string,
  { graceMs }: KillPlan,
  chosen: Chosen<ReplicaPlace>,
  { clock }: LocalWorld,
): Promise<Strike> {
  const askedAtMs = clock.nowMs();
  const killed = await chosen.place.replica.kill(name, graceMs);
  return { chosen, killed, askedAtMs, goneAtMs: clock.nowMs() };
}

function describeStrike({ killed, chosen, askedAtMs, goneAtMs }: Strike, { graceMs }: KillPlan): string {
  const { uid, pid } = killed?.instance ?? { uid: chosen.target.uid, pid: 0 };
  const signal = graceMs > 0 ? 'SIGTERM' : 'SIGKILL';
  return `${uid} (pid ${pid}) gone ${formatDuration(goneAtMs - askedAtMs)} after ${signal}`;
}

/** A kill is done once: its coverage is the share of the targets that it hit, whatever came after. */
function readHits(strikes: readonly Strike[]): Omit<DoseReading, 'atMs'> {
  const hit = strikes.filter(({ killed }) => killed?.ending.status === 'gone');
  return {
    coverage: hit.length / strikes.length,
    detail: strikes
      .map(({ chosen }) => {
        const { status, uid } = chosen.place.replica.state.current;
        return status === 'ready' ? `${uid} is ready` : `${chosen.place.id} is ${status}`;
      })
      .join(', '),
  };
}
