import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock, DurationMs, EpochMs } from '../../shared/time.js';
import type { RunningLoad, TapeWriter } from '../load-generator.js';
import type { LoadReads } from '../load-reads.js';
import { createClockOffset } from './clock-offset.js';
import { combineRunners } from './combine-runners.js';
import { connectRunner } from './connect-runner.js';
import type { RunnerEngineDriver } from './runner-engine.js';
import { createRunnerSession } from './runner-session.js';
import { shareTape } from './share-tape.js';
import { superviseRunner, type ReadyRunner, type SupervisedRunner } from './supervise-runner.js';
import { runnerName, watchRunners, type RunnerWatch } from './watch-runners.js';

export interface StartOptions {
  readonly runners: number;
  readonly driver: RunnerEngineDriver;
  /** What is read of their rows. */
  readonly reads: LoadReads;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For k6-runner-1.log and so on. It exists when the load starts. */
  readonly logsFolder: string;
  /** How long each k6 gets to evaluate the script and to make its virtual users. */
  readonly leadMs?: DurationMs;
}

const LEAD_MS: DurationMs = 5000;
/** Exchanges before the load begins: the quickest of them tells a clock's offset. */
const FIRST_EXCHANGES = 10;

/**
 * Brings runners up, lets them begin at one moment, and looks after them to their end, when all that was created is
 * deleted again. Rejects with LOAD_FAILED when nothing is left running.
 */
export async function startRunners(
  options: StartOptions,
  tape: TapeWriter,
  signal: AbortSignal,
): Promise<RunningLoad> {
  const { driver, client, clock, logger, runners } = options;
  let watch: RunnerWatch | undefined;
  let supervised: readonly SupervisedRunner[] = [];
  const cleanUp = async (): Promise<string | undefined> => {
    const left = await driver.remove();
    await watch?.stop();
    return left;
  };
  try {
    await driver.create(signal);
    const watching = watchRunners({ ...driver, client, clock, logger, runners });
    watch = watching;
    const ready = await getReady(options, watching, signal);
    const startAtMs = clock.nowMs() + (options.leadMs ?? LEAD_MS);
    await Promise.all(
      ready.map(async ({ session, offset }) => {
        const offsetMs = offset.current()?.offsetMs ?? 0;
        await session.ask(`start ${Math.round(startAtMs + offsetMs)}`, signal);
        offset.begin();
      }),
    );
    supervised = await Promise.all(
      shareTape(tape, ready).map(({ generator, share }) =>
        superviseRunner(generator, share, options, signal),
      ),
    );
    const startedAtMs = await allStarted(supervised, watching, signal);
    return await combineRunners(supervised, { startAtMs, startedAtMs, cleanUp });
  } catch (thrown) {
    for (const runner of supervised) runner.giveUp();
    const left = await cleanUp();
    await Promise.allSettled(supervised.map(({ started }) => started));
    throw failureOf(thrown, left, signal);
  }
}

/** Waits until each pod runs and answers, and has told its clock. */
async function getReady(
  options: StartOptions,
  watch: RunnerWatch,
  signal: AbortSignal,
): Promise<readonly ReadyRunner[]> {
  const { runners, driver } = options;
  const indexes = Array.from({ length: runners }, (_, index) => index);
  const over = new AbortController();
  try {
    const ready = Promise.all(indexes.map((index) => getRunnerReady(options, watch, index, signal)));
    const refused = driver.refused?.(AbortSignal.any([signal, over.signal]));
    return await (refused === undefined ? ready : Promise.race([ready, refused]));
  } catch (thrown) {
    if (!isDeadline(thrown)) throw thrown;
    const delay = driver.delay?.();
    const waiting = [...(delay === undefined ? [] : [delay]), ...watch.waiting()];
    throw new PlimsollError(
      'LOAD_FAILED',
      `${messageOf(thrown)}: ${waiting.length === 0 ? 'not every runner has answered' : waiting.join('; ')}`,
      {
        remedy: 'give deadlines.start more time where images are pulled or nodes are added first',
        cause: thrown,
      },
    );
  } finally {
    over.abort();
  }
}

async function getRunnerReady(
  { driver, client, clock, logger, runners }: StartOptions,
  watch: RunnerWatch,
  index: number,
  signal: AbortSignal,
): Promise<ReadyRunner> {
  const pod = await watch.running(index, signal);
  const name = `${runnerName(index, runners)} (pod ${pod.name})`;
  const offset = createClockOffset();
  const gone = watch.gone(index);
  const connect = connectRunner(client, { ...driver, pod: pod.name });
  const session = createRunnerSession({ name, connect, offset, clock, logger });
  const until = AbortSignal.any([signal, gone]);
  try {
    for (let exchange = 0; exchange < FIRST_EXCHANGES; exchange++) await session.ask('clock', until);
  } catch (thrown) {
    if (gone.aborted) throw lost(String(gone.reason));
    throw thrown;
  }
  const precisionMs = offset.current()?.uncertaintyMs;
  if (precisionMs === undefined || precisionMs >= COARSE_MS) throw tooCoarse(name);
  logger.debug(`${name} answers; its clock is ${offset.current()?.offsetMs.toFixed(1) ?? ''} ms ahead`);
  return { index, name, pod, session, offset, gone };
}

/** A shell whose clock has whole seconds only. */
const COARSE_MS: DurationMs = 500;

function tooCoarse(name: string): PlimsollError {
  return new PlimsollError(
    'LOAD_FAILED',
    `the clock of ${name} cannot be read to less than half a second, so its requests could not be told apart by phase`,
    { remedy: 'use an image whose shell knows EPOCHREALTIME or whose date knows %N, such as grafana/k6' },
  );
}

function lost(reason: string): PlimsollError {
  return new PlimsollError('LOAD_FAILED', reason, {
    remedy: 'see what became of its pod and its node',
  });
}

/** The moment in which the last of them had begun. */
async function allStarted(
  supervised: readonly SupervisedRunner[],
  watch: RunnerWatch,
  signal: AbortSignal,
): Promise<EpochMs> {
  try {
    const loads = await Promise.all(supervised.map(({ started }) => started));
    return Math.max(...loads.map(({ startedAtMs }) => startedAtMs));
  } catch (thrown) {
    const waiting = watch.waiting();
    if (!signal.aborted || waiting.length === 0) throw thrown;
    throw lost(`${messageOf(thrown)}: ${waiting.join('; ')}`);
  }
}

function isDeadline(thrown: unknown): boolean {
  return thrown instanceof PlimsollError && thrown.code === 'DEADLINE';
}

function failureOf(thrown: unknown, left: string | undefined, signal: AbortSignal): unknown {
  if (signal.aborted && thrown === signal.reason && !isDeadline(thrown)) {
    return new PlimsollError('LOAD_FAILED', 'the load was called off before it started', { cause: thrown });
  }
  if (!(thrown instanceof Error)) return thrown;
  const remedy = thrown instanceof PlimsollError ? thrown.remedy : '';
  const said = left === undefined ? thrown.message : `${thrown.message}; ${left}`;
  return new PlimsollError('LOAD_FAILED', said, { remedy, cause: thrown });
}
