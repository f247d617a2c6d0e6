import type {
  AppliedFault,
  DoseEffect,
  FaultInjector,
  PlannedFault,
  Recovery,
  Target,
} from '../chaos/fault-injector.js';
import { within } from '../shared/deadline.js';
import { messageOf, PlimsollError, withRemedy } from '../shared/errors.js';
import type { Clock, DurationMs } from '../shared/time.js';
import type { Journal } from './journal.js';
import type { FaultHistory } from './run-record.js';
import type { RunLog } from './run-log.js';

/** One fault of a run: put in and taken out as often as its schedule asks, and written down. */
export interface FaultCourse {
  readonly fault: PlannedFault;
  /** Puts it in and waits for the proof. Rejects with what kept it out; call recover() in any case. */
  inject(signal: AbortSignal): Promise<void>;
  /** Takes it out, where it may be in, and waits for the proof. Never rejects; takes no signal of the run. */
  recover(): Promise<void>;
  history(): FaultHistory;
}

export interface FaultCourseParts {
  readonly injector: FaultInjector;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: RunLog;
  readonly deadlinesMs: { readonly inject: DurationMs; readonly recover: DurationMs };
}

type InjectionRecord = {
  -readonly [K in keyof FaultHistory['injections'][number]]: FaultHistory['injections'][number][K];
};

/** What is there from the request to put a fault in until it is proven gone. */
interface Live {
  readonly entry: InjectionRecord;
  readonly applied: AppliedFault;
  readonly doseOver: AbortController;
  doseRead: Promise<void>;
}

const LOOK = 'look with: plimsoll sweep';

export function createFaultCourse(
  fault: PlannedFault,
  planned: readonly Target[],
  { injector, journal, clock, log, deadlinesMs }: FaultCourseParts,
): FaultCourse {
  const injections: InjectionRecord[] = [];
  let targets = planned;
  let readings = 0;
  let minCoverage: number | null = null;
  let lastDetail = '';
  let effect: DoseEffect | undefined;
  let live: Live | undefined;

  const isLive = (): boolean => live !== undefined;

  const inject = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    await journal.faultRequested(fault.name);
    const entry: InjectionRecord = {
      requestedAtMs: clock.nowMs(),
      injectedAtMs: null,
      recoverRequestedAtMs: null,
      recoveredAtMs: null,
      status: 'not-injected',
      evidence: '',
    };
    injections.push(entry);
    log.add('fault-requested', `${fault.name} was asked for`, fault.name);
    let applying = false;
    try {
      const deadline = { clock, ms: deadlinesMs.inject, what: `injecting ${fault.name}`, signal };
      await within(deadline, async (inTime) => {
        applying = true;
        const applied = await injector.apply(fault, inTime).finally(() => {
          applying = false;
        });
        live = { entry, applied, doseOver: new AbortController(), doseRead: Promise.resolve() };
        const injection = await applied.injected(inTime);
        entry.injectedAtMs = injection.injectedAtMs;
        entry.evidence = injection.evidence;
        targets = injection.targets;
        log.add('fault-injected', `${fault.name} is in: ${injection.evidence}`, fault.name);
        live.doseRead = readDose(live);
      });
    } catch (thrown) {
      entry.evidence = messageOf(thrown);
      // What called it off is told by itself.
      if (!signal.aborted) {
        log.add('fault-not-proven', `${fault.name} was not proven to be in: ${entry.evidence}`, fault.name);
      }
      if (!isLive()) {
        if (thrown instanceof PlimsollError && thrown.code === 'FAULT_NOT_RECOVERED') {
          unconfirmed(entry, thrown.message, thrown.remedy);
          // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it is set while the work goes on
        } else if (applying) {
          unconfirmed(entry, `the request to put it in is still under way: ${messageOf(thrown)}`, LOOK);
        } else await journal.faultRecovered(fault.name);
      }
      throw thrown;
    }
  };

  /** Never rejects: a dose that cannot be read is no dose, and says so. */
  const readDose = async ({ applied, doseOver }: Live): Promise<void> => {
    try {
      for await (const reading of applied.dose(doseOver.signal)) {
        readings += 1;
        minCoverage = Math.min(minCoverage ?? 1, reading.coverage);
        lastDetail = reading.detail;
        // What was seen once was seen, whatever is told later.
        if (reading.effect !== undefined && effect?.status !== 'seen') effect = reading.effect;
      }
    } catch (thrown) {
      if (doseOver.signal.aborted) return;
      lastDetail = `the dose could no longer be read: ${messageOf(thrown)}`;
      log.add('dose-lost', `${fault.name}: ${lastDetail}`, fault.name);
    }
  };

  const recover = async (): Promise<void> => {
    if (live === undefined) return;
    const { entry, applied, doseOver, doseRead } = live;
    live = undefined;
    doseOver.abort();
    entry.recoverRequestedAtMs = clock.nowMs();
    log.add('fault-removal-requested', `${fault.name} is being taken out`, fault.name);
    const recovery = await inTime(applied, entry.recoverRequestedAtMs);
    if (recovery.status === 'unconfirmed') {
      unconfirmed(entry, recovery.reason, recovery.remedy);
      return;
    }
    entry.recoverRequestedAtMs = recovery.requestedAtMs;
    entry.recoveredAtMs = recovery.recoveredAtMs;
    if (entry.injectedAtMs !== null) {
      entry.status = 'recovered';
      entry.evidence = [entry.evidence, recovery.evidence].filter((text) => text !== '').join('; ');
    }
    log.add('fault-recovered', `${fault.name} is gone: ${recovery.evidence}`, fault.name);
    await Promise.all([journal.faultRecovered(fault.name), doseRead]);
  };

  /** An injector that breaks its promise to come to an end leaves the fault unconfirmed, not the run hanging. */
  const inTime = async (applied: AppliedFault, requestedAtMs: number): Promise<Recovery> => {
    const signal = new AbortController().signal;
    const ms = deadlinesMs.recover;
    try {
      return await within({ clock, ms, what: `taking out ${fault.name}`, signal }, () => applied.recover());
    } catch (thrown) {
      return { status: 'unconfirmed', requestedAtMs, reason: messageOf(thrown), remedy: LOOK };
    }
  };

  const unconfirmed = (entry: InjectionRecord, reason: string, remedy: string): void => {
    entry.status = 'unconfirmed';
    entry.evidence = withRemedy(reason, remedy);
    log.add('fault-unconfirmed', `${fault.name} MAY STILL BE LIVE: ${entry.evidence}`, fault.name);
  };

  return {
    fault,
    inject,
    recover,
    history: () => ({
      fault,
      targets,
      injections: injections.map((entry) => ({ ...entry })),
      dose: { readings, minCoverage, lastDetail, ...(effect === undefined ? {} : { effect: { ...effect } }) },
    }),
  };
}
