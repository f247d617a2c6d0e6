import type { Phase } from '../shared/phases.js';
import type { DurationMs } from '../shared/time.js';
import { createRecorder, distributionOf, mergeRecorders, recordLatency } from './histogram.js';
import type { LatencyRecorder } from './histogram.js';
import type { Measurement } from './measurement.js';
import { RESULT_NO_RESPONSE, RESULT_OK } from './sample-batch.js';
import { addPart, type Part } from './second.js';

/** The samples of one phase and endpoint, as they come in. */
export interface Tally {
  requests: number;
  failures: number;
  noResponse: number;
  setApart: number;
  outlived: number;
  outlivedFailures: number;
  /** Of those that count and ended within the window. */
  readonly within: LatencyRecorder;
  /** Made with the first sample, since most endpoints need none. */
  outliving: LatencyRecorder | undefined;
  /** Of those within the window, and of those beyond it. */
  failed: LatencyRecorder | undefined;
  failedOutliving: LatencyRecorder | undefined;
}

export function createTally(): Tally {
  return {
    requests: 0,
    failures: 0,
    noResponse: 0,
    setApart: 0,
    outlived: 0,
    outlivedFailures: 0,
    within: createRecorder(),
    outliving: undefined,
    failed: undefined,
    failedOutliving: undefined,
  };
}

export function addSample(
  tally: Tally,
  membership: 'within' | 'outlived' | 'set-apart',
  latencyUs: number,
  result: number,
): void {
  if (membership === 'set-apart') {
    tally.setApart++;
    return;
  }
  const failed = result !== RESULT_OK;
  tally.requests++;
  if (failed) tally.failures++;
  if (result === RESULT_NO_RESPONSE) tally.noResponse++;
  if (membership === 'within') {
    recordLatency(tally.within, latencyUs);
    if (failed) recordLatency((tally.failed ??= createRecorder()), latencyUs);
  } else {
    tally.outlived++;
    recordLatency((tally.outliving ??= createRecorder()), latencyUs);
    if (failed) {
      tally.outlivedFailures++;
      recordLatency((tally.failedOutliving ??= createRecorder()), latencyUs);
    }
  }
}

/** Adds a part of a second, as if its samples came one by one. */
export function addPartTo(tally: Tally, part: Part): void {
  const { membership, requests, result } = part;
  if (membership === 'none') return;
  if (membership === 'set-apart') {
    tally.setApart += requests;
    return;
  }
  const failed = result !== RESULT_OK;
  tally.requests += requests;
  if (failed) tally.failures += requests;
  if (result === RESULT_NO_RESPONSE) tally.noResponse += requests;
  if (membership === 'within') {
    addPart(tally.within, part);
    if (failed) addPart((tally.failed ??= createRecorder()), part);
  } else {
    tally.outlived += requests;
    addPart((tally.outliving ??= createRecorder()), part);
    if (failed) {
      tally.outlivedFailures += requests;
      addPart((tally.failedOutliving ??= createRecorder()), part);
    }
  }
}

/** What the tallies add up to: one for an endpoint, those of every endpoint for all together. */
export function measurementOf(
  of: {
    readonly phase: Phase;
    readonly endpoint: string;
    readonly durationMs: DurationMs;
    readonly dropped: number;
  },
  tallies: readonly Tally[],
): Measurement {
  const sum = (read: (tally: Tally) => number) => tallies.reduce((total, tally) => total + read(tally), 0);
  const requests = sum((tally) => tally.requests);
  const failures = sum((tally) => tally.failures);
  const outlived = sum((tally) => tally.outlived);
  const within = mergeRecorders(tallies.map((tally) => tally.within));
  const recordersOf = (read: (tally: Tally) => LatencyRecorder | undefined) =>
    tallies.map(read).filter((recorder) => recorder !== undefined);
  const outliving = recordersOf((tally) => tally.outliving);
  const failed = recordersOf((tally) => tally.failed);
  const failedOutliving = recordersOf((tally) => tally.failedOutliving);
  return {
    ...of,
    requests,
    failures,
    noResponse: sum((tally) => tally.noResponse),
    setApart: sum((tally) => tally.setApart),
    outlived,
    ...(outlived === 0
      ? {}
      : {
          withinWindow: {
            requests: requests - outlived,
            failures: failures - sum((tally) => tally.outlivedFailures),
            latency: distributionOf(within),
            failedLatency: distributionOf(mergeRecorders(failed)),
          },
        }),
    latency: distributionOf(mergeRecorders([within, ...outliving])),
    failedLatency: distributionOf(mergeRecorders([...failed, ...failedOutliving])),
  };
}
