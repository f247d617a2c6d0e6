import { formatDuration } from '../../shared/units.js';
import type { DurationMs, EpochMs } from '../../shared/time.js';
import type { LoadOutcome, RunningLoad } from '../load-generator.js';
import type { RunnerRecord } from './runner-record.js';
import type { SupervisedRunner } from './supervise-runner.js';

/** A runner that begins later than this was not there when the others were. */
const LATE_MS: DurationMs = 1000;
/** A clock that was seen to move by more than this moved under the requests. */
const DRIFT_MS: DurationMs = 20;
const TAKEN_DEADLINE_MS: DurationMs = 5000;

interface EndedRunner {
  readonly runner: SupervisedRunner;
  readonly outcome: LoadOutcome;
  /** After the agreed moment. */
  readonly lateMs: DurationMs;
}

/** Many runners as one load: it fails with the first of them, and is over with the last. */
export async function combineRunners(
  runners: readonly SupervisedRunner[],
  parts: {
    /** The agreed moment. */
    readonly startAtMs: EpochMs;
    readonly startedAtMs: EpochMs;
    /** Deletes the runners; resolves with a sentence where that did not succeed. */
    readonly cleanUp: () => Promise<string | undefined>;
  },
): Promise<RunningLoad> {
  const { startAtMs, startedAtMs, cleanUp } = parts;
  const running = await Promise.all(runners.map(async (runner) => ({ runner, load: await runner.started })));
  const stop = async (graceMs: DurationMs): Promise<LoadOutcome> => {
    for (const { load } of running) void load.stop(graceMs);
    return await finished;
  };
  let hasFailed = false;
  const endOf = async ({ runner, load }: (typeof running)[number]): Promise<EndedRunner> => {
    const outcome = await load.finished;
    if (outcome.status === 'failed' && !hasFailed) {
      hasFailed = true;
      for (const other of running) void other.load.stop(0);
    }
    return { runner, outcome, lateMs: Math.max(0, load.startedAtMs - startAtMs) };
  };
  const finish = async (): Promise<LoadOutcome> => {
    const ended = await Promise.all(running.map(endOf));
    await Promise.all(runners.map(letGo));
    const left = await cleanUp();
    return outcomeOf(ended, left);
  };
  const finished = finish();
  return { startedAtMs, finished, stop };
}

/** Everything has been taken: the pod may end by itself, and need not be killed. */
async function letGo({ session, gone }: SupervisedRunner): Promise<void> {
  session.hurry();
  const signal = AbortSignal.any([gone, AbortSignal.timeout(TAKEN_DEADLINE_MS)]);
  await session.ask('taken', signal).catch(() => undefined); // it is deleted all the same
  session.close();
}

function recordOf({ runner, outcome, lateMs }: EndedRunner): RunnerRecord {
  const history = runner.offset.history() ?? { offsetMs: NaN, uncertaintyMs: NaN, driftMs: NaN };
  return {
    name: runner.name,
    pod: runner.pod.name,
    node: runner.pod.node ?? '',
    requests: outcome.status === 'ended' ? outcome.requests : 0,
    lateMs,
    clock: history,
  };
}

function outcomeOf(ended: readonly EndedRunner[], left: string | undefined): LoadOutcome {
  const records = ended.map(recordOf);
  const endedAtMs = Math.max(...ended.map(({ outcome }) => outcome.endedAtMs));
  const failures = ended.flatMap(({ runner, outcome }) =>
    outcome.status === 'failed' ? [{ runner, outcome }] : [],
  );
  const [first] = failures.sort((a, b) => a.outcome.endedAtMs - b.outcome.endedAtMs);
  if (first !== undefined) {
    const { name } = first.runner;
    const { reason, remedy } = first.outcome;
    const said = reason.startsWith(name.split(' (', 1)[0] ?? name) ? reason : `${name}: ${reason}`;
    return {
      status: 'failed',
      endedAtMs,
      reason: [said, ...(left === undefined ? [] : [left])].join('; '),
      remedy,
    };
  }
  const outcomes = ended.flatMap(({ outcome }) => (outcome.status === 'ended' ? [outcome] : []));
  return {
    status: 'ended',
    how: outcomes.some(({ how }) => how === 'finished') ? 'finished' : 'stopped',
    endedAtMs,
    requests: outcomes.reduce((sum, { requests }) => sum + requests, 0),
    runners: records,
    caveats: [
      ...ended.flatMap(({ runner, outcome }) =>
        (outcome.status === 'ended' ? (outcome.caveats ?? []) : []).map(
          (caveat) => `${runner.name}: ${caveat}`,
        ),
      ),
      ...records.flatMap(timingCaveats),
      ...(left === undefined ? [] : [left]),
    ],
  };
}

function timingCaveats({ name, lateMs, clock }: RunnerRecord): readonly string[] {
  return [
    ...(lateMs > LATE_MS ? [`${name} began ${formatDuration(lateMs)} after the agreed moment.`] : []),
    ...(clock.driftMs > DRIFT_MS
      ? [
          `The clock of ${name} moved by ${formatDuration(clock.driftMs)} against this machine's in the course of the run; its requests were moved along with it.`,
        ]
      : []),
  ];
}
