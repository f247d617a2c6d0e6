import { PlimsollError } from '../../../shared/errors.js';
import type { AppliedFault, DoseReading } from '../../fault-injector.js';
import type { StressPlan } from '../local-fault.js';
import { createStressMeter, type StressMeter } from '../stress/measure-stress.js';
import { startStress, type StressSet } from '../stress/start-stress.js';
import type { Chosen, LocalWorld, ReplicaPlace } from './local-world.js';
import { onceRecovered } from './once-recovered.js';
import { orAborted } from '../or-aborted.js';
import { readDoses } from './read-doses.js';

const POLL_MS = 100;

interface TargetStress {
  readonly id: string;
  readonly set: StressSet;
}

/**
 * One set of stress for each target. It shares this machine's processors and memory with everything else on it, so
 * that every replica feels it, not only the target.
 *
 * @param stressNg absolute path; undefined: threads of Plimsoll's own
 */
export function applyStress(
  name: string,
  plan: StressPlan,
  stressNg: string | undefined,
  targets: readonly Chosen<ReplicaPlace>[],
  world: LocalWorld,
): AppliedFault {
  const { clock, runId, recorder } = world;
  const calledOff = new AbortController();
  const starting = Promise.allSettled(
    targets.map(async ({ target }): Promise<TargetStress> => {
      const set = await startStress(
        { targetId: target.id, plan, stressNg, runId, recorder },
        calledOff.signal,
      );
      return { id: target.id, set };
    }),
  );
  const started = async (): Promise<readonly TargetStress[]> =>
    (await starting).flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));

  return {
    async injected(signal) {
      for (const outcome of await orAborted(starting, signal)) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
      const meters = (await started()).map(({ id, set }) => ({
        id,
        set,
        meter: createStressMeter(plan, set, clock),
      }));
      const proofs: string[] = [];
      for (const { id, set, meter } of meters)
        proofs.push(`${id} ${await prove(id, set, meter, world, signal)}`);
      const by = stressNg === undefined ? "Plimsoll's own workers" : 'stress-ng';
      return {
        injectedAtMs: clock.nowMs(),
        targets: targets.map(({ target }) => target),
        evidence: `${proofs.join(', ')}, by ${by} beside the replica on this machine`,
      };
    },
    async *dose(signal) {
      const meters = (await started()).map(({ id, set }) => ({
        id,
        meter: createStressMeter(plan, set, clock),
      }));
      yield* readDoses(clock, signal, async (): Promise<Omit<DoseReading, 'atMs'>> => {
        const seen = await Promise.all(meters.map(async ({ id, meter }) => ({ id, ...(await meter()) })));
        const working = seen.filter(({ status }) => status === 'working' || status === 'beginning');
        return {
          coverage: working.length / targets.length,
          detail: seen.map(({ id, detail }) => `${id} ${detail}`).join(', '),
        };
      });
    },
    recover: onceRecovered(async () => {
      const requestedAtMs = clock.nowMs();
      calledOff.abort(new PlimsollError('FAULT_NOT_INJECTED', `the fault ${name} is being recovered`));
      const sets = await started();
      const endings = await Promise.all(sets.map(({ set }) => set.stop()));
      const left = endings.flatMap((ending) => (ending.status === 'left' ? [ending] : []));
      const [first] = left;
      if (first !== undefined) {
        const pids = left.flatMap(({ pids }) => pids);
        return {
          status: 'unconfirmed',
          requestedAtMs,
          reason: `stress processes are still there (pid ${pids.join(', ')}): ${first.reason}`,
          remedy: `kill -9 ${pids.join(' ')}`,
        };
      }
      const groups = sets.map(({ set }) => set.pid).join(', ');
      const evidence =
        sets.length === 0 ? 'no stress process had begun' : `process groups ${groups} proven gone`;
      return { status: 'recovered', requestedAtMs, recoveredAtMs: clock.nowMs(), evidence };
    }),
  };
}

/** Polls until the machine's own figures show the stress. */
async function prove(
  id: string,
  set: StressSet,
  meter: StressMeter,
  { clock }: LocalWorld,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const seen = await meter();
    if (seen.status === 'working') return seen.detail;
    if (seen.status === 'gone') {
      throw new PlimsollError('FAULT_NOT_INJECTED', `the stress processes of ${id} ended: ${set.said()}`);
    }
    await clock.sleep(POLL_MS, signal);
  }
}
