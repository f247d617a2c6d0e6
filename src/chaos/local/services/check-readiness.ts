import { get } from 'node:http';
import { connect } from 'node:net';
import type { ProcessExit } from '../../../shared/spawn-process.js';
import type { Clock } from '../../../shared/time.js';
import type { ReadinessConfig } from '../local-config.js';

export type Readiness =
  | { readonly status: 'ready' }
  /** What was answered, in words: `HTTP 503`, `connection refused`. */
  | { readonly status: 'not-ready'; readonly answer: string };

export type ReadinessOutcome =
  | { readonly status: 'ready' }
  | { readonly status: 'exited'; readonly exit: ProcessExit }
  | { readonly status: 'late'; readonly lastAnswer: string };

/** As long as Kubernetes waits for one answer. */
const ANSWER_MS = 1000;

/** Asks again and again until the replica is ready, gone, or late. Rejects with the signal's reason alone. */
export async function untilReady(
  replica: { readonly host: string; readonly port: number; readonly exited: Promise<ProcessExit> },
  readiness: ReadinessConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<ReadinessOutcome> {
  const endsAtMs = clock.nowMs() + readiness.timeout;
  let exit: ProcessExit | undefined;
  const gone = new AbortController();
  void replica.exited.then((seen) => {
    exit = seen;
    gone.abort();
  });
  const either = AbortSignal.any([signal, gone.signal]);
  for (;;) {
    const seen = await checkReadiness(replica, readiness.http, either);
    signal.throwIfAborted();
    if (exit !== undefined) return { status: 'exited', exit };
    if (seen.status === 'ready') return seen;
    const leftMs = endsAtMs - clock.nowMs();
    if (leftMs <= 0) return { status: 'late', lastAnswer: seen.answer };
    try {
      await clock.sleep(Math.min(readiness.period, leftMs), either);
    } catch (error) {
      if (!either.aborted) throw error; // an abort is told apart at the top
    }
  }
}

/** Asks once. Without a path, a connection is enough. Never rejects. */
export async function checkReadiness(
  address: { readonly host: string; readonly port: number },
  path: string | undefined,
  signal: AbortSignal,
): Promise<Readiness> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    if (path === undefined) return await connects(address, limited);
    return await answersOk(address, path, limited);
  } catch (error) {
    return { status: 'not-ready', answer: limited.aborted ? 'no answer within 1 s' : answerOf(error) };
  }
}

function connects({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<Readiness> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve({ status: 'ready' });
    });
  });
}

function answersOk(
  { host, port }: { host: string; port: number },
  path: string,
  signal: AbortSignal,
): Promise<Readiness> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, signal, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve(
        status >= 200 && status < 300
          ? { status: 'ready' }
          : { status: 'not-ready', answer: `HTTP ${status} on ${path}` },
      );
    });
    request.on('error', reject);
  });
}

function answerOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused';
  return code === 'ECONNRESET' ? 'connection reset' : message;
}
