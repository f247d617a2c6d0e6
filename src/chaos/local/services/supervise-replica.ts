import { messageOf, PlimsollError } from '../../../shared/errors.js';
import type { RunEvent } from '../../../shared/run-event.js';
import type { RunRecorder } from '../../../shared/run-recorder.js';
import type { Clock, DurationMs } from '../../../shared/time.js';
import { formatDuration } from '../../../shared/units.js';
import { endProcess, type Ending } from '../end-process.js';
import { orAborted } from '../or-aborted.js';
import { untilReady } from './check-readiness.js';
import { describeExit, describeNotReady } from './describe-exit.js';
import { launchInstance, type Instance, type ReplicaSpec } from './launch-instance.js';
import { hasInstance, type KilledInstance, type Replica, type ReplicaState } from './replica.js';
import type { ReplicaRoster } from './replica-roster.js';
import { restartDelayMs } from './restart-delay.js';
import { createWatched } from './watched.js';

const STOP_GRACE_MS = 5000;
const END_DEADLINE_MS = 5000;
/** An instance that was ready for this many back-offs had a good life: its exit is the first in a row again. */
const GOOD_LIFE_BACKOFFS = 10;

export interface SupervisorContext {
  readonly runId: string;
  readonly clock: Clock;
  readonly recorder: RunRecorder;
  readonly roster: ReplicaRoster;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Looks after one replica. An instance that exits is replaced after the restart back-off, which doubles while instances
 * keep exiting soon. A replica gets connections from the moment when it is ready until its instance ends; readiness is
 * not asked again in between.
 */
export function superviseReplica(spec: ReplicaSpec, context: SupervisorContext): Replica {
  const { clock, roster } = context;
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  const holders = createWatched<ReadonlySet<string>>(new Set());
  const state = createWatched<ReplicaState>({ status: 'down', uid: `${spec.id}#1`, sinceMs: clock.nowMs() });
  let launched = 0;
  let exitsInARow = 0;
  let started: Promise<void> = Promise.resolve();
  let supervised: Promise<void> = Promise.resolve();
  /** The faults that ended an instance, by its uid. */
  const killedBy = new Map<string, string>();

  const report = (kind: string, message: string): void => {
    context.onEvent({ atMs: clock.nowMs(), kind, message, target: spec.id });
  };
  const enter = (status: 'starting' | 'ready' | 'ending', instance: Instance): void => {
    state.set({ status, uid: instance.uid, sinceMs: clock.nowMs(), instance });
  };
  const leave = (status: 'down' | 'launching' | 'stopped', uid: string): void => {
    state.set({ status, uid, sinceMs: clock.nowMs() });
  };

  async function launch(): Promise<Instance> {
    const before = state.current.uid;
    leave('launching', before);
    try {
      const instance = await launchInstance(spec, `${spec.id}#${launched + 1}`, context);
      launched += 1;
      enter('starting', instance);
      return instance;
    } catch (error) {
      leave('down', before);
      throw error;
    }
  }

  async function beReady(instance: Instance): Promise<void> {
    if (!isStarting(state.current, instance)) return; // it was ended in the meantime
    const { id, service } = spec;
    const { uid, host, port } = instance;
    await roster.put(service, { id, uid, host, port, ready: true });
    if (isStarting(state.current, instance)) enter('ready', instance);
  }

  async function begin(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, closing.signal]);
    either.throwIfAborted();
    const instance = await launch();
    const outcome = await untilReady(instance, spec.config.readiness, clock, either);
    if (outcome.status !== 'ready') throw await describeNotReady(spec, outcome);
    await beReady(instance);
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
    await endProcess({ groupId: instance.pid }, { graceMs: 0, deadlineMs: END_DEADLINE_MS }); // children that outlived it
    await roster.drop(spec.service, spec.id);
    leave('down', instance.uid);
    if (isClosing()) return 0;
    const fault = killedBy.get(instance.uid);
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
        return await launch();
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
      await endInstance(instance, STOP_GRACE_MS);
      return;
    }
    const [holder] = holders.current;
    if (holder !== undefined) {
      await endFor(holder, instance, 0);
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
    await beReady(instance);
    if (state.current.status === 'ready') {
      report('replica-ready', `${instance.uid} was ready after ${formatDuration(clock.nowMs() - sinceMs)}`);
    }
  }

  async function endFor(fault: string, instance: Instance, graceMs: DurationMs): Promise<KilledInstance> {
    killedBy.set(instance.uid, fault);
    const { id, service } = spec;
    const { uid, host, port } = instance;
    const wasReady = state.current.status === 'ready';
    enter('ending', instance);
    if (graceMs > 0 && wasReady) await roster.put(service, { id, uid, host, port, ready: false });
    return { instance, ending: await endInstance(instance, graceMs) };
  }

  async function endInstance(instance: Instance, graceMs: DurationMs): Promise<Ending> {
    return await endProcess({ groupId: instance.pid }, { graceMs, deadlineMs: END_DEADLINE_MS });
  }

  async function kill(fault: string, graceMs: DurationMs): Promise<KilledInstance | undefined> {
    const current = state.current;
    return current.status === 'starting' || current.status === 'ready'
      ? await endFor(fault, current.instance, graceMs)
      : undefined;
  }

  async function stop(): Promise<Ending> {
    closing.abort(new PlimsollError('INTERRUPTED', `replica ${spec.id} is being stopped`));
    await started.catch(() => undefined); // its caller is told
    const current = state.current;
    let ending: Ending = { status: 'gone' };
    if (hasInstance(current)) {
      ending = await endInstance(current.instance, STOP_GRACE_MS);
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
    leave('stopped', state.current.uid);
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

function isStarting(state: ReplicaState, instance: Instance): boolean {
  return state.status === 'starting' && state.instance === instance;
}
