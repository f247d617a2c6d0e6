import type { TapeSink } from '../tape-sink.js';
import { writeFrame } from './frame.js';
import { TAPE_VERSION, type TapeRecord, writeRecord } from './tape-record.js';

/**
 * A sink that makes the frames of a tape file, the header at once.
 *
 * @param take gets each frame as the way to make it, which may throw, and must be used before it returns
 */
export function createFrameSink(runId: string, take: (makeFrame: () => Buffer) => void): TapeSink {
  const put = (makeRecord: () => TapeRecord): void => {
    take(() => writeFrame(writeRecord(makeRecord())));
  };
  put(() => ({ type: 'header', version: TAPE_VERSION, runId }));
  return {
    border: (phase, atMs) => {
      put(() => ({ type: 'border', phase, atMs }));
    },
    endpoint: (endpoint) => {
      put(() => ({ type: 'endpoint', endpoint }));
    },
    metric: (series) => {
      put(() => ({ type: 'metric', series }));
    },
    second: (second) => {
      const { metrics } = second;
      // In front, so that a tape which was cut short never has a second without them.
      if (metrics.length > 0) put(() => ({ type: 'values', metrics }));
      put(() => ({ type: 'second', second }));
    },
    end: (atMs) => {
      put(() => ({ type: 'end', atMs }));
    },
  };
}
