import { messageOf, PlimsollError } from '../../../shared/errors.js';
import type { DurationMs } from '../../../shared/time.js';
import { formatDuration } from '../../../shared/units.js';
import type { Ending } from '../end-process.js';
import { orAborted } from '../or-aborted.js';
import { untilReady } from './check-readiness.js';
import { describeExit, describeNotReady } from './describe-exit.js';
import type { Instance, ReplicaSpec } from './launch-instance.js';
import { hasInstance, type KilledInstance, type Replica, type SupervisorContext } from './replica.js';
import { createReplicaLife, END_DEADLINE_MS, STOP_GRACE_MS } from './replica-life.js';
import { restartDelayMs } from './restart-delay.js';
import { createWatched } from './watched.js';

/** An instance that was ready for this many back-offs had a good life: its exit is the first in a row again. */
const GOOD_LIFE_BACKOFFS = 10;

/**
 * Looks after one replica. An instance that exits is replaced after the restart back-off, which doubles while instances
 * keep exiting soon. A replica gets connections from the moment when it is ready until its instance ends; readiness is
 * not asked again in between.
 */
export function superviseReplica(spec: ReplicaSpec, context: SupervisorContext): Replica {
  const { clock } = context;
  const life = createReplicaLife(spec, context);
  const { state } = life;
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  const holders = createWatched<ReadonlySet<string>>(new Set());
  let exitsInARow = 0;
  let started: Promise<void> = Promise.resolve();
  let supervised: Promise<void> = Promise.resolve();

  const report = (kind: string, message: string): void => {
    context.onEvent({ atMs: clock.nowMs(), kind, message, target: spec.id });
  };

  async function begin(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, closing.signal]);
    either.throwIfAborted();
    const instance = await life.launch();
    const outcome = await untilReady(instance, spec.config.readiness, clock, either);
    if (outcome.status !== 'ready') throw await describeNotReady(spec, outcome);
    await life.serve(instance);
    supervised = supervise(instance);
  }

  /** Runs until the replica is stopped. */
  async function supervise(first: Instance): Promise<void> {
    for (let instance = first; ;) {
      const delayMs = await afterExit(instance);
      const next = await restart(delayMs);
      if (next === undefined) return;
      instance = next;
      report('replica-restarted', `${instance.uid} was started after ${formatDuration(delayMs)}`);
      await awaitRestarted(instance);
    }
  }

  /** Waits for the exit and returns how long the replica stays down after it. */
  async function afterExit(instance: Instance): Promise<DurationMs> {
    const exit = await instance.exited;
    const last = state.current;
    await life.bury(instance);
    if (isClosing()) return 0;
    const fault = life.endedBy(instance);
    if (fault !== undefined) {
      report('replica-killed', `${instance.uid} was ended by the fault ${fault} (${describeExit(exit)})`);
      return spec.config.restartBackoff;
    }
    const livedMs = last.status === 'ready' ? clock.nowMs() - last.sinceMs : 0;
    exitsInARow = livedMs >= GOOD_LIFE_BACKOFFS * spec.config.restartBackoff ? 1 : exitsInARow + 1;
    const delayMs = restartDelayMs(spec.config.restartBackoff, exitsInARow);
    report(
      'replica-exited',
      `${instance.uid} ${describeExit(exit)} by itself; it is started again in ${formatDuration(delayMs)}`,
    );
    return delayMs;
  }

  /** Undefined when the replica was stopped instead. */
  async function restart(delayMs: DurationMs): Promise<Instance | undefined> {
    for (let waitMs = delayMs; !isClosing(); waitMs = restartDelayMs(waitMs, 2)) {
      try {
        await clock.sleep(waitMs, closing.signal);
        await holders.until((set) => set.size === 0, closing.signal);
        return await life.launch();
      } catch (error) {
        if (isClosing()) return undefined;
        if (!(error instanceof PlimsollError)) throw error;
        report('replica-not-restarted', messageOf(error));
      }
    }
    return undefined;
  }

  async function awaitRestarted(instance: Instance): Promise<void> {
    // Whoever stopped it, or held it down, while it was being launched could not reach it yet.
    if (isClosing()) {
      await life.end(instance, STOP_GRACE_MS);
      return;
    }
    const [holder] = holders.current;
    if (holder !== undefined) {
      await life.endFor(holder, instance, 0);
      return;
    }
    const sinceMs = clock.nowMs();
    for (let told = false; ; told = true) {
      const outcome = await untilReady(instance, spec.config.readiness, clock, closing.signal).catch(
        (error: unknown) => {
          if (!isClosing()) throw error;
          return undefined;
        },
      );
      if (outcome === undefined || outcome.status === 'exited') return; // afterExit tells of it
      if (outcome.status === 'ready') break;
      if (!told) report('replica-not-ready', (await describeNotReady(spec, outcome)).message);
    }
    await life.serve(instance);
    if (state.current.status === 'ready') {
      report('replica-ready', `${instance.uid} was ready after ${formatDuration(clock.nowMs() - sinceMs)}`);
    }
  }

  async function kill(fault: string, graceMs: DurationMs): Promise<KilledInstance | undefined> {
    const current = state.current;
    return current.status === 'starting' || current.status === 'ready'
      ? await life.endFor(fault, current.instance, graceMs)
      : undefined;
  }

  async function stop(): Promise<Ending> {
    closing.abort(new PlimsollError('INTERRUPTED', `replica ${spec.id} is being stopped`));
    await started.catch(() => undefined); // its caller is told
    const current = state.current;
    let ending: Ending = { status: 'gone' };
    if (hasInstance(current)) {
      ending = await life.end(current.instance, STOP_GRACE_MS);
    }
    // It ends with the exit of the last instance; a process that cannot be killed must not keep this waiting.
    const isOver = await orAborted(
      supervised.then(() => true),
      AbortSignal.timeout(STOP_GRACE_MS + 2 * END_DEADLINE_MS),
    ).catch(() => false);
    if (!isOver && hasInstance(state.current)) {
      const { pid } = state.current.instance;
      return { status: 'left', pids: [pid], reason: 'it is still there after SIGKILL' };
    }
    life.close();
    return ending;
  }

  return {
    spec,
    state,
    start: (signal) => (started = begin(signal)),
    kill,
    async hold(fault) {
      holders.set(new Set([...holders.current, fault]));
      return await kill(fault, 0);
    },
    release(fault) {
      holders.set(new Set([...holders.current].filter((holder) => holder !== fault)));
    },
    stop,
  };
}
