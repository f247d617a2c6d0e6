import { createTape } from '../../src/bench/create-tape.js';
import type { HttpLoad, LoadGenerator, LoadOutcome, TapeWriter } from '../../src/bench/load-generator.js';
import type { Measurements } from '../../src/bench/measurement.js';
import type { Phase } from '../../src/shared/phases.js';
import type { Clock } from '../../src/shared/time.js';

export interface MeasuredLoad {
  readonly measurements: Measurements;
  readonly outcome: LoadOutcome;
}

const TRANSITION_MS = 500;
const never = new AbortController().signal;

/** An open load of GET requests on one address; how long it lasts is up to measureLoad(). */
export function aLoad(url: string, ratePerSecond: number, maxVUs: number): Omit<HttpLoad, 'maxDurationMs'> {
  return {
    kind: 'http',
    requests: [
      {
        name: 'GET /',
        method: 'GET',
        url: `${url}/`,
        headers: {},
        weight: 1,
        expectStatus: { min: 200, max: 299 },
      },
    ],
    timeoutMs: 10_000,
    profile: { model: 'open', ratePerSecond, maxVUs },
  };
}

/**
 * Runs a load through phases that follow one another with half a second of transition between them, to its own end: when
 * it is stopped earlier, what is under way at that moment is cut, and counted by the server alone. `listen` hears what
 * the tape hears.
 */
export async function measureLoad(options: {
  readonly clock: Clock;
  readonly generator: LoadGenerator;
  readonly load: Omit<HttpLoad, 'maxDurationMs'>;
  readonly phases: readonly { readonly phase: Phase; readonly seconds: number }[];
  readonly listen?: TapeWriter['write'];
}): Promise<MeasuredLoad> {
  const { clock, generator, load, phases, listen } = options;
  const tape = createTape({ clock });
  const writer: TapeWriter = {
    ...tape,
    write(batch) {
      tape.write(batch);
      listen?.(batch);
    },
  };
  const maxDurationMs = phases.reduce((sum, { seconds }) => sum + seconds * 1000 + TRANSITION_MS, 2000);
  const running = await generator.start({ ...load, maxDurationMs }, writer, never);
  for (const { phase, seconds } of phases) {
    tape.begin(phase);
    await clock.sleep(seconds * 1000, never);
    tape.end();
    await clock.sleep(TRANSITION_MS, never);
  }
  const outcome = await running.finished;
  return { measurements: tape.measure(), outcome };
}
