import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { ExecSession } from '../../shared/kubernetes/kube-client.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock, DurationMs } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import { createAnswerParser, type RunnerAnswer } from './answer-parser.js';
import type { ClockOffset } from './clock-offset.js';

/** Starts serve.sh in a runner. */
export type ConnectRunner = (
  onOutput: (bytes: Uint8Array) => void,
  signal: AbortSignal,
) => Promise<ExecSession>;

export interface RunnerSession {
  /**
   * Asks for something, over as many connections as it takes: all that is asked may be asked again. Rejects with
   * LOAD_FAILED when the runner has not been heard of for too long, or with the signal's reason.
   */
  ask(line: string, signal: AbortSignal): Promise<RunnerAnswer>;
  /** From now on nobody waits for long. */
  hurry(): void;
  close(): void;
}

export interface SessionOptions {
  /** `runner 2 of 8`. */
  readonly name: string;
  readonly connect: ConnectRunner;
  /** Learns from each answer. */
  readonly offset: ClockOffset;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Less than a runner waits for Plimsoll before it ends its load. */
const SILENCE_MS: DurationMs = 100_000;
const HURRIED_SILENCE_MS: DurationMs = 15_000;
const ANSWER_MS: DurationMs = 15_000;
const FIRST_PAUSE_MS: DurationMs = 100;
const LONGEST_PAUSE_MS: DurationMs = 3000;

interface Connection {
  ask(line: string, signal: AbortSignal): Promise<RunnerAnswer>;
  close(): void;
}

/** Talks with one runner, one question after the other. */
export function createRunnerSession(options: SessionOptions): RunnerSession {
  const { name, clock, logger } = options;
  let connection: Connection | undefined;
  let silenceMs = SILENCE_MS;
  let last: Promise<unknown> = Promise.resolve();

  const attempt = async (line: string, signal: AbortSignal): Promise<RunnerAnswer> => {
    connection ??= await openConnection(options, signal);
    try {
      return await connection.ask(line, signal);
    } catch (thrown) {
      connection.close();
      connection = undefined;
      throw thrown;
    }
  };

  const askUntilAnswered = async (line: string, signal: AbortSignal): Promise<RunnerAnswer> => {
    const since = clock.nowMs();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      signal.throwIfAborted();
      try {
        return await attempt(line, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        logger.debug(`${name}: ${messageOf(thrown)}`);
        if (clock.nowMs() - since > silenceMs) {
          throw new PlimsollError(
            'LOAD_FAILED',
            `${name} was not heard of for ${formatDuration(clock.nowMs() - since)}: ${messageOf(thrown)}`,
            { remedy: 'see whether the API server and the node of the runner can be reached', cause: thrown },
          );
        }
      }
      await clock.sleep(pauseMs, signal);
    }
  };

  return {
    ask(line, signal) {
      const asked = last.then(() => askUntilAnswered(line, signal));
      last = asked.catch(() => undefined); // whoever asked hears of it
      return asked;
    },
    hurry() {
      silenceMs = HURRIED_SILENCE_MS;
    },
    close() {
      connection?.close();
      connection = undefined;
    },
  };
}

/** Rejects with the signal's reason, or with what went wrong. */
async function openConnection(
  { connect, clock, offset }: SessionOptions,
  signal: AbortSignal,
): Promise<Connection> {
  let sentMs = 0;
  let gotMs = 0;
  let answered: (answer: RunnerAnswer) => void = () => undefined;
  const parser = createAnswerParser(
    () => {
      gotMs = clock.nowMs();
    },
    (answer) => {
      answered(answer);
    },
  );
  const session = await connect((bytes) => {
    parser.push(bytes);
  }, signal);
  return {
    async ask(line, until) {
      const over = new AbortController();
      const answer = new Promise<RunnerAnswer>((resolve) => {
        answered = resolve;
      });
      sentMs = clock.nowMs();
      session.write(`${line}\n`);
      try {
        const first = await Promise.race([
          answer,
          session.ended,
          clock.sleep(ANSWER_MS, AbortSignal.any([over.signal, until])).then(() => 'no answer in time'),
        ]);
        if (typeof first === 'string') throw new Error(first);
        if (Number.isFinite(first.remoteMs)) offset.add({ ...first, sentMs, gotMs });
        return first;
      } finally {
        over.abort();
      }
    },
    close: () => {
      session.close();
    },
  };
}
