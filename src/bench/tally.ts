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
  failed: LatencyRecorder | undefined;
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
  if (failed) {
    tally.failures++;
    recordLatency((tally.failed ??= createRecorder()), latencyUs);
  }
  if (result === RESULT_NO_RESPONSE) tally.noResponse++;
  if (membership === 'within') {
    recordLatency(tally.within, latencyUs);
  } else {
    tally.outlived++;
    if (failed) tally.outlivedFailures++;
    recordLatency((tally.outliving ??= createRecorder()), latencyUs);
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
  if (failed) {
    tally.failures += requests;
    addPart((tally.failed ??= createRecorder()), part);
  }
  if (result === RESULT_NO_RESPONSE) tally.noResponse += requests;
  if (membership === 'within') {
    addPart(tally.within, part);
  } else {
    tally.outlived += requests;
    if (failed) tally.outlivedFailures += requests;
    addPart((tally.outliving ??= createRecorder()), part);
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
  const outliving = tallies.map((tally) => tally.outliving).filter((recorder) => recorder !== undefined);
  const failed = tallies.map((tally) => tally.failed).filter((recorder) => recorder !== undefined);
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
          },
        }),
    latency: distributionOf(mergeRecorders([within, ...outliving])),
    failedLatency: distributionOf(mergeRecorders(failed)),
  };
}
