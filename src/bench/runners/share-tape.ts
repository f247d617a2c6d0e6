import type { EpochMs } from '../../shared/time.js';
import type { TapeWriter } from '../load-generator.js';

/** The part of one of several generators in a tape. */
export interface TapeShare extends TapeWriter {
  /** It writes nothing any more: nobody has to wait for it. */
  leave(): void;
}

/** A tape that several generators write to at once. It is complete up to where the slowest of them is. */
export function shareTape<T>(
  tape: TapeWriter,
  generators: readonly T[],
): readonly { readonly generator: T; readonly share: TapeShare }[] {
  const untilMs = generators.map((): EpochMs => -Infinity);
  let promisedMs = -Infinity;
  const promise = (): void => {
    const atMs = Math.min(...untilMs);
    if (!Number.isFinite(atMs) || atMs <= promisedMs) return;
    promisedMs = atMs;
    tape.writtenUntil(atMs);
  };
  const shareOf = (index: number): TapeShare => ({
    endpoint: (name, tags) => tape.endpoint(name, tags),
    write: (batch) => {
      tape.write(batch);
    },
    metric: (series) => tape.metric(series),
    writeMetrics: (batch) => {
      tape.writeMetrics(batch);
    },
    dropped: (atMs, count) => {
      tape.dropped(atMs, count);
    },
    writtenUntil: (atMs) => {
      untilMs[index] = Math.max(untilMs[index] ?? -Infinity, atMs);
      promise();
    },
    leave: () => {
      untilMs[index] = Infinity;
      promise();
    },
  });
  return generators.map((generator, index) => ({ generator, share: shareOf(index) }));
}
