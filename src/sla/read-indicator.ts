import type { Measurement, Measurements } from '../bench/measurement.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { didYouMean } from '../shared/nearest-name.js';
import { formatCount } from '../shared/units.js';
import { readBenchmark } from './benchmarks/read-benchmark.js';
import { unitOf } from './describe-indicator.js';
import type { Evidence } from './evidence.js';
import type { Reading } from './judgement.js';
import type { Indicator, JudgedPhase, Objective } from './objective.js';

/** What an indicator is read from: a measurement, or the part of one that ended within its window. */
export type Counted = Pick<Measurement, 'durationMs' | 'requests' | 'failures' | 'dropped' | 'latency'>;

/** What the objective's indicator was in its phase. Where nothing was counted there is no reading, not even 0. */
export function readIndicator(objective: Objective, phase: JudgedPhase, evidence: Evidence): Reading {
  const { indicator, tags } = objective;
  if (indicator.kind === 'recovery') return evidence.recovery;
  if (indicator.kind === 'metric') return missing('custom metrics are not read');
  if (indicator.kind === 'bench') {
    return readBenchmark(indicator, phase, evidence.benchmarks, evidence.cutShort[phase]);
  }
  return readPhase(indicator, tags, phase, evidence.measurements, evidence.cutShort[phase]);
}

/** The same of any measurements; `cutShort` says in a clause why the phase was not run to its end. */
export function readPhase(
  indicator: Indicator,
  tags: Objective['tags'],
  phase: JudgedPhase,
  measurements: Measurements,
  cutShort?: string,
): Reading {
  const whole = measurements.find(phase, ALL_ENDPOINTS);
  if (whole === undefined) return missing(cutShort ?? `the ${phase} phase was never reached`);
  const measurement = findTagged(measurements, phase, tags);
  if (measurement === undefined) return missing(describeUnknownEndpoint(measurements, tags));
  const reading = readCounted(indicator, measurement);
  return reading ?? missing(describeSilence(measurement, cutShort));
}

/** The measurement that an objective with these tags reads. */
export function findTagged(
  measurements: Measurements,
  phase: JudgedPhase,
  tags: Objective['tags'],
): Measurement | undefined {
  return measurements.find(phase, tags.name ?? ALL_ENDPOINTS);
}

/** Undefined where nothing was counted, and for what is not counted from requests. */
export function readCounted(indicator: Indicator, counted: Counted): Reading | undefined {
  // An iteration that could not start is no request, and yet it was counted.
  const samples = indicator.kind === 'dropped' ? counted.requests + counted.dropped : counted.requests;
  if (samples === 0) return undefined;
  const value = valueOf(indicator, counted);
  return value === undefined ? undefined : { status: 'measured', value, unit: unitOf(indicator), samples };
}

function valueOf(indicator: Indicator, counted: Counted): number | undefined {
  const { durationMs, requests, failures, dropped, latency } = counted;
  switch (indicator.kind) {
    case 'percentile':
      return latency.percentileUs(indicator.percent);
    case 'mean':
      return latency.meanUs;
    case 'max':
      return latency.maxUs;
    case 'errors':
      return failures / requests;
    case 'availability':
      return (requests - failures) / requests;
    case 'rate':
      return durationMs > 0 ? (requests * 1000) / durationMs : undefined;
    case 'dropped':
      return dropped;
    case 'recovery':
    case 'metric':
    case 'bench':
      return undefined;
  }
}

function describeUnknownEndpoint(measurements: Measurements, tags: Objective['tags']): string {
  const name = tags.name ?? ALL_ENDPOINTS;
  const known = [...new Set(measurements.all.map(({ endpoint }) => endpoint))].filter(
    (endpoint) => endpoint !== ALL_ENDPOINTS,
  );
  const hint = didYouMean(name, known);
  const list = known.slice(0, 5).map((endpoint) => `"${endpoint}"`);
  return (
    `the load has no endpoint "${name}"` +
    (hint !== '' || list.length === 0
      ? hint
      : `; there ${list.length === 1 ? 'is' : 'are'} ${list.join(', ')}`)
  );
}

function describeSilence(measurement: Measurement, cutShort: string | undefined): string {
  const { phase, endpoint, setApart } = measurement;
  const whose = endpoint === ALL_ENDPOINTS ? '' : ` of ${endpoint}`;
  if (setApart > 0) {
    return `all ${formatCount(setApart)} requests${whose} reached out of the ${phase} phase, where a fault may have touched them`;
  }
  return `no request${whose} was made in the ${phase} phase${cutShort === undefined ? '' : `, since ${cutShort}`}`;
}

function missing(reason: string): Reading {
  return { status: 'missing', reason };
}
