import type { DurationMs, EpochMs } from '../../shared/time.js';
import type { HttpLoad } from '../load-generator.js';
import { compileRequest } from './compile-request.js';
import { createOpenSchedule } from './open-schedule.js';
import { requestUuid } from './request-uuid.js';
import { createSampleRecorder } from './sample-recorder.js';
import { createStarvation } from './starvation.js';
import { createVirtualUsers } from './virtual-users.js';
import { createWeightedChoice } from './weighted-choice.js';
import type { EndedMessage, WrittenMessage } from './worker-messages.js';

/** How long a due request may wait for a free virtual user before it is dropped. */
export const MAX_WAIT_MS = 1000;
/** The longest time between two looks at the clock, thus the accuracy of deadlines. */
const TICK_MS = 10;
const WRITE_EVERY_MS = 100;

export interface LoadListener {
  written(message: WrittenMessage): void;
  starved(lateMs: DurationMs): void;
  ended(message: EndedMessage): void;
}

export interface HttpLoadRun {
  readonly startedAtMs: EpochMs;
  /** Starts no more requests, gives those in flight the grace, then gives them up. May be called again. */
  stop(graceMs: DurationMs): void;
}

/**
 * Sends a load until it is stopped or its time is over.
 *
 * - Open model: requests are due on a fixed schedule, and their latency counts from when they were due; see
 *   OpenSchedule for what happens when no virtual user is free. Closed model: each user sends its next request when
 *   its last one has ended.
 * - A request without a complete response after timeoutMs (counted from when it was sent) is given up, and its
 *   connection with it. Its latency, like that of a request that broke, is the time from its start until then.
 */
export function runHttpLoad(
  load: HttpLoad,
  endpoints: readonly number[],
  now: () => EpochMs,
  listener: LoadListener,
): HttpLoadRun {
  const { profile, timeoutMs } = load;
  const startedAtMs = now();
  const lastMs = startedAtMs + load.maxDurationMs;
  const requests = load.requests.map((request, index) => compileRequest(request, endpoints[index] ?? 0));
  const choose = createWeightedChoice(load.requests.map(({ weight }) => weight));
  const recorder = createSampleRecorder();
  const starvation = createStarvation();
  const users =
    profile.model === 'open'
      ? // In turn: as many as are used about once a second each, which no server's keep-alive timeout cuts off.
        createVirtualUsers(profile.maxVUs, Math.ceil(profile.ratePerSecond))
      : createVirtualUsers(profile.vus, profile.vus);
  const schedule =
    profile.model === 'open'
      ? createOpenSchedule({
          startMs: startedAtMs,
          endMs: lastMs,
          ratePerSecond: profile.ratePerSecond,
          maxWaitMs: MAX_WAIT_MS,
        })
      : undefined;

  let seq = 0;
  let state: 'sending' | 'ending' | 'ended' = 'sending';
  let how: EndedMessage['how'] = 'finished';
  let giveUpAllAtMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let tickDueMs = startedAtMs;
  let nextWriteMs = startedAtMs + WRITE_EVERY_MS;

  const fill = (): void => {
    while (state === 'sending' && users.hasFree()) {
      const sentAtMs = now();
      const startMs = schedule ? schedule.take(sentAtMs) : sentAtMs;
      const request = startMs === undefined ? undefined : requests[choose()];
      if (startMs === undefined || request === undefined) return;
      seq += 1;
      const values = { seq, uuid: request.usesTokens ? requestUuid(startedAtMs, seq) : '' };
      users.send(request, values, sentAtMs, (result) => {
        recorder.add(startMs, now(), request.endpoint, result);
        fill();
        endIfDone();
      });
    }
  };

  const write = (nowMs: EpochMs): void => {
    // What waits for a user may still be dropped, as of the time when it was due.
    const writtenUntilMs = Math.min(nowMs, state === 'sending' ? (schedule?.nextDueMs() ?? nowMs) : nowMs);
    listener.written({ kind: 'written', ...recorder.take(), writtenUntilMs });
    nextWriteMs = nowMs + WRITE_EVERY_MS;
  };

  const beginEnding = (nowMs: EpochMs, why: EndedMessage['how'], graceMs: DurationMs): void => {
    if (state === 'sending') {
      how = why;
      recorder.drop(schedule?.dropAll(nowMs) ?? []);
      state = 'ending';
    }
    giveUpAllAtMs = Math.min(giveUpAllAtMs, nowMs + graceMs);
  };

  const endIfDone = (): void => {
    if (state !== 'ending' || users.inFlight() > 0) return;
    state = 'ended';
    clearTimeout(timer);
    users.close();
    const endedAtMs = now();
    write(endedAtMs);
    listener.ended({
      kind: 'ended',
      how,
      endedAtMs,
      requests: recorder.total(),
      caveats: starvation.caveats(),
    });
  };

  const tick = (): void => {
    const nowMs = now();
    if (starvation.note(nowMs - tickDueMs)) listener.starved(nowMs - tickDueMs);
    if (state === 'sending' && nowMs >= lastMs) beginEnding(nowMs, 'finished', timeoutMs);
    users.giveUp(nowMs >= giveUpAllAtMs ? nowMs : nowMs - timeoutMs);
    fill();
    if (schedule && state === 'sending') recorder.drop(schedule.dropLate(nowMs));
    if (nowMs >= nextWriteMs) write(nowMs);
    endIfDone();
    if (state !== 'ended') scheduleTick();
  };

  const scheduleTick = (): void => {
    const nowMs = now();
    const nextDueMs = users.hasFree() ? schedule?.nextDueMs() : undefined;
    const untilDueMs = state === 'sending' && nextDueMs !== undefined ? nextDueMs - nowMs : TICK_MS;
    const delayMs = Math.min(TICK_MS, Math.max(1, untilDueMs));
    tickDueMs = nowMs + delayMs;
    timer = setTimeout(tick, delayMs);
  };

  tick();
  return {
    startedAtMs,
    stop: (graceMs) => {
      if (state === 'ended') return;
      beginEnding(now(), 'stopped', graceMs);
      clearTimeout(timer);
      tickDueMs = now();
      tick();
    },
  };
}
