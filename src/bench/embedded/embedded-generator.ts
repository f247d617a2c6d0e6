import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { anchorClock } from '../../shared/anchored-clock.js';
import { PlimsollError, messageOf } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { packageRoot } from '../../shared/package-root.js';
import type { Clock } from '../../shared/time.js';
import { formatDuration } from '../../shared/units.js';
import type {
  GeneratorDescription,
  LoadGenerator,
  LoadOutcome,
  PlannedLoad,
  RunningLoad,
  TapeWriter,
} from '../load-generator.js';
import { checkConnections } from '../process/check-connections.js';
import { preflightHttpLoad } from './preflight-http-load.js';
import type { StopMessage, WorkerMessage, WorkerTask } from './worker-messages.js';

const WORKER_URL = new URL('./embedded-worker.js', import.meta.url);
/** How long the thread may take to answer after all grace is over. */
const ANSWER_MS = 5000;
const REMEDY = 'run it again; if it happens again, give the machine more memory or the load a lower rate';

const BLIND_SPOTS = [
  'It runs on one machine and shares its processors with the harness, and with the service where that is local.',
  'It speaks HTTP/1.1 only, over keep-alive connections, and follows no redirects.',
  'A request counts from the moment when it was due, so the time in which it waited for a free connection is part of its latency; after 1 s of waiting it is dropped and counted as dropped.',
];
const CLOSED_BLIND_SPOT =
  'In a closed model a stalled service slows the load down with it, so that the percentiles hide the stall (coordinated omission).';

/** Sends declarative loads from a thread of this process, with nothing to install. */
export function createEmbeddedGenerator(options: {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The code of the sending thread; only tests need another. */
  readonly workerUrl?: URL;
}): LoadGenerator {
  return {
    describe: describeGenerator,
    preflight: async (load) =>
      load.kind === 'http'
        ? [...preflightHttpLoad(load), ...(await checkConnections(load.profile))]
        : [
            {
              severity: 'stop',
              code: 'needs-k6',
              message: 'the embedded generator cannot run a k6 script',
              remedy: 'install k6 (`plimsoll doctor` says how), or describe the load under load.http',
            },
          ],
    start: (load, tape, signal) => startWorker(load, tape, signal, options),
  };
}

function describeGenerator(load: PlannedLoad): GeneratorDescription {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const model = load.kind === 'http' ? load.profile.model : (load.profile?.model ?? 'script');
  return {
    name: 'embedded',
    version,
    model,
    blindSpots: model === 'closed' ? [...BLIND_SPOTS, CLOSED_BLIND_SPOT] : BLIND_SPOTS,
  };
}

function startWorker(
  load: PlannedLoad,
  tape: TapeWriter,
  signal: AbortSignal,
  { clock, logger, workerUrl = WORKER_URL }: { clock: Clock; logger: Logger; workerUrl?: URL },
): Promise<RunningLoad> {
  if (load.kind !== 'http') throw new Error('a k6 script was given to the embedded generator');
  if (signal.aborted) {
    return Promise.reject(
      new PlimsollError('LOAD_FAILED', 'the load was called off before it started', { cause: signal.reason }),
    );
  }
  const workerData: WorkerTask = {
    load,
    endpoints: load.requests.map(({ name }) => tape.endpoint(name)),
    anchor: anchorClock(clock),
  };

  return new Promise((resolveStart, rejectStart) => {
    let resolveFinished: (outcome: LoadOutcome) => void;
    const finished = new Promise<LoadOutcome>((resolve) => {
      resolveFinished = resolve;
    });
    const overdue = new AbortController();
    let over = false;
    let warned = false;
    const worker = new Worker(workerUrl, { workerData });

    const finish = (outcome: LoadOutcome): void => {
      if (over) return;
      over = true;
      signal.removeEventListener('abort', onAbort);
      overdue.abort();
      const settle = (): void => {
        // Without effect where the start has already succeeded.
        rejectStart(
          new PlimsollError(
            'LOAD_FAILED',
            outcome.status === 'failed' ? outcome.reason : 'the load was stopped',
            {
              remedy: outcome.status === 'failed' ? outcome.remedy : '',
            },
          ),
        );
        resolveFinished(outcome);
      };
      worker.terminate().then(settle, settle);
    };
    const fail = (reason: string): void => {
      finish({ status: 'failed', endedAtMs: clock.nowMs(), reason, remedy: REMEDY });
    };
    const stop = (graceMs: number): Promise<LoadOutcome> => {
      if (!over) {
        worker.postMessage({ kind: 'stop', graceMs } satisfies StopMessage);
        clock.sleep(graceMs + ANSWER_MS, overdue.signal).then(
          () => {
            fail(`the load generator's thread did not stop within ${formatDuration(graceMs + ANSWER_MS)}`);
          },
          () => undefined, // it has answered
        );
      }
      return finished;
    };
    const onAbort = (): void => {
      void stop(0);
    };

    worker.on('message', (message: WorkerMessage) => {
      switch (message.kind) {
        case 'started':
          resolveStart({ startedAtMs: message.atMs, finished, stop });
          break;
        case 'written':
          tape.write(message.batch);
          for (const atMs of message.droppedAtMs) tape.dropped(atMs, 1);
          tape.writtenUntil(message.writtenUntilMs);
          break;
        case 'starved':
          if (!warned) logger.warn(starvedWarning(message.lateMs));
          warned = true;
          break;
        case 'ended':
          finish({
            status: 'ended',
            how: message.how,
            endedAtMs: message.endedAtMs,
            requests: message.requests,
            caveats: message.caveats,
          });
          break;
        default:
          message satisfies never;
      }
    });
    worker.on('error', (error) => {
      fail(`the load generator's thread crashed: ${messageOf(error)}`);
    });
    worker.on('exit', (code) => {
      fail(`the load generator's thread ended with code ${code} in mid-load`);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function starvedWarning(lateMs: number): string {
  return `the load generator was starved of processor time for ${formatDuration(lateMs)}; its requests were late by that much`;
}
