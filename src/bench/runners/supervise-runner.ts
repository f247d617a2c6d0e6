import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock } from '../../shared/time.js';
import { k6Outcome } from '../k6/k6-outcome.js';
import { complaintsOf, lastWordsOf } from '../k6/last-words.js';
import type { LoadOutcome, RunningLoad } from '../load-generator.js';
import type { LoadReads } from '../load-reads.js';
import { createTapeFeed } from '../process/feed-tape.js';
import { superviseLoad, type LoadEnd } from '../process/supervise-load.js';
import type { ClockOffset } from './clock-offset.js';
import { followRunner } from './follow-runner.js';
import { openPushedRows } from './push-rows.js';
import type { RunnerPod } from './runner-pod.js';
import type { RunnerSession } from './runner-session.js';
import type { TapeShare } from './share-tape.js';

/** A runner that answers, and waits for its start. */
export interface ReadyRunner {
  /** From 0. */
  readonly index: number;
  /** `runner 2 of 8 (pod k6-...-1-x7x2q)`. */
  readonly name: string;
  readonly pod: RunnerPod;
  readonly session: RunnerSession;
  readonly offset: ClockOffset;
  /** Aborts, with a sentence, when the pod is gone. */
  readonly gone: AbortSignal;
}

export interface SupervisedRunner extends ReadyRunner {
  /** Resolves once it sends requests; rejects with LOAD_FAILED when it is over before. */
  readonly started: Promise<RunningLoad>;
  /** Ends it at once, whatever becomes of its rows. */
  giveUp(): void;
}

const LOG_DEADLINE_MS = 10_000;

/** Looks after the k6 of one runner, as after one of this machine. */
export async function superviseRunner(
  runner: ReadyRunner,
  tape: TapeShare,
  parts: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly logsFolder: string;
    readonly reads: LoadReads;
  },
  signal: AbortSignal,
): Promise<SupervisedRunner> {
  const { index, name, session, offset, gone } = runner;
  const { clock, logger, logsFolder } = parts;
  const rows = await openPushedRows(parts.reads);
  const followed = followRunner({ name, session, rows, offset, clock, gone });
  const logPath = join(logsFolder, `k6-runner-${index + 1}.log`);
  const outcomeOf = async (end: LoadEnd): Promise<LoadOutcome> => {
    const log = await fetchLog(session, gone, logger);
    await writeFile(logPath, log);
    const outcome = k6Outcome({ ...end, lastWords: lastWordsOf(log), logPath });
    if (outcome.status === 'failed') return outcome;
    return { ...outcome, caveats: [...(outcome.caveats ?? []), ...complaintsOf(log)] };
  };
  const started = superviseLoad(
    {
      name: 'k6',
      ...followed,
      feed: createTapeFeed(tape, clock),
      clock,
      logger,
      tellsOpenRequests: true,
      outcomeOf,
      remedy: `look at the script's options; what k6 said is in ${logPath}`,
    },
    signal,
  );
  const leave = (): void => {
    tape.leave();
  };
  // Where it has not started, whoever waits for all of them hears of it.
  started.then(({ finished }) => finished).then(leave, leave);
  return {
    ...runner,
    started,
    giveUp: () => {
      followed.process.killRest();
      session.close();
    },
  };
}

/** The end of what k6 said; what there is of it where the runner does not answer any more. */
async function fetchLog(session: RunnerSession, gone: AbortSignal, logger: Logger): Promise<string> {
  try {
    session.hurry();
    const signal = AbortSignal.any([gone, AbortSignal.timeout(LOG_DEADLINE_MS)]);
    const { files } = await session.ask('log', signal);
    return files[0]?.toString() ?? '';
  } catch (thrown) {
    logger.debug(`the log of a runner: ${messageOf(thrown)}`);
    return '';
  }
}
