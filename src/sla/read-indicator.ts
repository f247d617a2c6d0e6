import type { Measurement, Measurements } from '../bench/measurement.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { didYouMean } from '../shared/nearest-name.js';
import { formatCount } from '../shared/units.js';
import { describeTags } from './describe-judgement.js';
import { readBenchmark } from './benchmarks/read-benchmark.js';
import type { Evidence } from './evidence.js';
import type { Reading } from './judgement.js';
import { isLatency, unitOf } from './describe-indicator.js';
import type { Indicator, JudgedPhase, Objective } from './objective.js';
import { readMetric } from './read-metric.js';
import { readObservation } from './read-observation.js';
import type { Latencies } from './treat-failures.js';
import { treatFailures } from './treat-failures.js';

/** What an indicator is read from: a measurement, the part of one that ended within its window, or a second. */
export type Counted = Pick<Measurement, 'durationMs' | 'requests' | 'failures' | 'dropped'> & {
  readonly latency: Latencies;
  readonly failedLatency?: Latencies;
};

/** What is read, and of what. */
export type Subject = Pick<Objective, 'indicator' | 'tags' | 'failures'>;

/** What the objective's indicator was in its phase. Where nothing was counted there is no reading, not even 0. */
export function readIndicator(objective: Objective, phase: JudgedPhase, evidence: Evidence): Reading {
  const { indicator } = objective;
  if (indicator.kind === 'recovery') return evidence.recovery;
  if (indicator.kind === 'prometheus') {
    const { observations, cutShort } = evidence;
    return readObservation(indicator.query, phase, observations, cutShort[phase]).reading;
  }
  if (indicator.kind === 'bench') {
    return readBenchmark(indicator, phase, evidence.benchmarks, evidence.cutShort[phase]);
  }
  return readPhase(objective, phase, evidence.measurements, evidence.cutShort[phase]);
}

/** The same of any measurements; `cutShort` says in a clause why the phase was not run to its end. */
export function readPhase(
  subject: Subject,
  phase: JudgedPhase,
  measurements: Measurements,
  cutShort?: string,
): Reading {
  const { tags, indicator } = subject;
  if (indicator.kind === 'metric') return readMetric(indicator, tags, phase, measurements, cutShort);
  const whole = measurements.find(phase, ALL_ENDPOINTS);
  if (whole === undefined) return missing(cutShort ?? `the ${phase} phase was never reached`);
  const measurement = findTagged(measurements, phase, tags);
  if (measurement === undefined) return missing(describeUnknownEndpoint(measurements, tags));
  const reading = readCounted(subject, measurement);
  return reading ?? missing(describeSilence(measurement, tags, cutShort));
}

/** The measurement that an objective with these tags reads. */
export function findTagged(
  measurements: Measurements,
  phase: JudgedPhase,
  tags: Objective['tags'],
): Measurement | undefined {
  return measurements.findTagged(phase, tags);
}

/** Undefined where nothing was counted, and for what is not counted from requests. */
export function readCounted(
  { indicator, failures }: Pick<Subject, 'indicator' | 'failures'>,
  counted: Counted,
): Reading | undefined {
  if (isLatency(indicator)) {
    const latency = treatFailures(counted.latency, counted.failedLatency, failures);
    const requests = failures === 'left-out' ? latency.count : counted.requests;
    return readingOf(indicator, { ...counted, requests, latency });
  }
  return readingOf(indicator, counted);
}

function readingOf(indicator: Indicator, counted: Counted): Reading | undefined {
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
    case 'prometheus':
    case 'bench':
      return undefined;
  }
}

function describeUnknownEndpoint(measurements: Measurements, tags: Objective['tags']): string {
  const { name, ...others } = tags;
  const known = [...new Set(measurements.all.map(({ endpoint }) => endpoint))].filter(
    (endpoint) => endpoint !== ALL_ENDPOINTS,
  );
  if (name === undefined || known.includes(name)) return describeUnknownTags(measurements, tags, others);
  const hint = didYouMean(name, known);
  const list = known.slice(0, 5).map((endpoint) => `"${endpoint}"`);
  return (
    `the load has no endpoint "${name}"` +
    (hint !== '' || list.length === 0
      ? hint
      : `; there ${list.length === 1 ? 'is' : 'are'} ${list.join(', ')}`)
  );
}

function describeUnknownTags(
  { tagged }: Measurements,
  tags: Objective['tags'],
  others: Objective['tags'],
): string {
  const untold = Object.keys(others).filter((key) => !tagged.some((part) => key in part.tags));
  if (untold.length === 0) return `the load has made no request with ${describeTags(tags)}`;
  const keys = untold.map((key) => `"${key}"`).join(', ');
  return `requests were not told apart by ${keys}: that takes k6, and an objective of the run itself that names it`;
}

function describeSilence(
  { phase, endpoint, setApart, requests }: Measurement,
  tags: Objective['tags'],
  cutShort: string | undefined,
): string {
  const isWhole = Object.keys(tags).every((key) => key === 'name');
  const whose = isWhole
    ? endpoint === ALL_ENDPOINTS
      ? ''
      : ` of ${endpoint}`
    : ` with ${describeTags(tags)}`;
  if (requests > 0) {
    return `all ${formatCount(requests)} requests${whose} in the ${phase} phase failed, and failed ones are left out`;
  }
  if (setApart > 0) {
    return `all ${formatCount(setApart)} requests${whose} reached out of the ${phase} phase, where a fault may have touched them`;
  }
  return `no request${whose} was made in the ${phase} phase${cutShort === undefined ? '' : `, since ${cutShort}`}`;
}

function missing(reason: string): Reading {
  return { status: 'missing', reason };
}
