import type { LoadGenerator, LoadOutcome } from '../../src/bench/load-generator.js';
import { RESULT_OK } from '../../src/bench/sample-batch.js';
import type { Clock } from '../../src/shared/time.js';
import { aBatch, aSample } from './a-batch.js';

export interface FakeLoadOptions {
  readonly clock: Clock;
  readonly ratePerSecond?: number;
  /** What a request that starts now is like. */
  readonly request?: (startMs: number) => { readonly latencyUs: number; readonly result?: number };
  /** Ends by itself with this after so much time. */
  readonly ends?: { readonly afterMs: number; readonly outcome: LoadOutcome };
  readonly start?: (signal: AbortSignal) => Promise<void>;
}

export interface FakeGenerator extends LoadGenerator {
  /** How often it was asked to stop, with the grace. */
  readonly stops: readonly number[];
}

/** Sends requests that are answered by arithmetic: one every so often, as the clock goes on. */
export function createFakeGenerator(options: FakeLoadOptions): FakeGenerator {
  const { clock, ratePerSecond = 100 } = options;
  const request = options.request ?? (() => ({ latencyUs: 5000, result: RESULT_OK }));
  const stops: number[] = [];
  const everyMs = 1000 / ratePerSecond;
  return {
    stops,
    describe: () => ({ name: 'embedded', version: '0', model: 'open', blindSpots: [] }),
    preflight: () => Promise.resolve([]),
    async start(_load, tape, signal) {
      await options.start?.(signal);
      const startedAtMs = clock.nowMs();
      const over = new AbortController();
      const endpoint = tape.endpoint('POST /orders');
      let outcome: LoadOutcome | undefined;
      let requests = 0;
      const finished = (async (): Promise<LoadOutcome> => {
        let nextMs = startedAtMs;
        const flying: { startMs: number; endMs: number; latencyUs: number; result: number }[] = [];
        const land = (untilMs: number): void => {
          const landed = flying.filter(({ endMs }) => endMs <= untilMs);
          for (const sample of landed) {
            flying.splice(flying.indexOf(sample), 1);
            tape.write(aBatch([aSample({ ...sample, endpoint })]));
            requests++;
          }
          tape.writtenUntil(untilMs);
        };
        while (!over.signal.aborted) {
          const nowMs = clock.nowMs();
          if (options.ends !== undefined && nowMs >= startedAtMs + options.ends.afterMs) {
            outcome = options.ends.outcome;
            break;
          }
          for (; nextMs <= nowMs; nextMs += everyMs) {
            const { latencyUs, result = RESULT_OK } = request(nextMs);
            flying.push({ startMs: nextMs, endMs: nextMs + latencyUs / 1000, latencyUs, result });
          }
          land(nowMs);
          await clock.sleep(50, over.signal).catch(() => undefined);
        }
        land(clock.nowMs());
        return outcome ?? { status: 'ended', how: 'stopped', endedAtMs: clock.nowMs(), requests };
      })();
      return {
        startedAtMs,
        finished,
        stop(graceMs) {
          stops.push(graceMs);
          over.abort();
          return finished;
        },
      };
    },
  };
}
