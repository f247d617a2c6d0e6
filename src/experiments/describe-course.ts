import { OTHER_ENDPOINTS } from '../bench/endpoint-table.js';
import { ALL_ENDPOINTS } from '../bench/measurement.js';
import { withRemedy } from '../shared/errors.js';
import { formatCount, formatDuration, formatShare } from '../shared/units.js';
import type { Course } from '../sla/evidence.js';
import { JUDGED_PHASES, type Sla } from '../sla/objective.js';
import { unjudgedDrops } from '../sla/unjudged-drops.js';
import type { UnjudgedResult } from './judge-result.js';
import { describeOverload } from './describe-overload.js';
import type { FaultRecord } from './result-schema.js';
import { countTrials } from './trials.js';
import { MOST_LAG_MS } from './watch-lag.js';

/** A step of the wall clock that moves the samples of a generator which stamps them by it. */
const CLOCK_STEP_MS = 50;
/** A fault that was in for longer must have been seen acting. */
const DOSE_DUE_MS = 3_000;
/** Findings that say before a run what its judgements say after it, of the objectives that it is judged by. */
const FORECASTS: readonly string[] = [
  'too-few-samples',
  'too-few-readings',
  'unknown-endpoint',
  'recovery-phase-short',
  'no-benchmarks',
  'no-requests',
  'no-prometheus',
  'budget-refuses',
];

/**
 * What the course of a run says about how far its numbers carry.
 *
 * @param sla what it is judged by, which may be another than it was planned with
 */
export function describeCourse(shown: UnjudgedResult, sla: Sla): Course {
  const { run } = shown;
  const invalid = clockDoubt(shown);
  const { steady, fault, recovery } = describeOverload(shown.windows, shown.faults);
  const overload = fault ?? steady ?? recovery;
  const ended = run.status === 'completed' || run.status === 'stopped' ? [] : [run.statusReason];
  return {
    ...(run.status === 'stopped' ? { stopped: run.statusReason } : {}),
    ...(invalid === undefined ? {} : { invalid }),
    doubts: [
      ...ended,
      ...shown.faults.flatMap((fault) => faultDoubts(fault, shown)),
      ...trialDoubts(shown),
      ...serviceDoubts(shown),
      ...lagDoubts(shown),
    ],
    caveats: [
      ...(overload === undefined
        ? []
        : [`the machine was busy: ${overload.why}; run it again with less beside it`]),
      ...drops(shown, sla),
      ...shown.generator.caveats,
      ...shown.faults.flatMap(doseCaveats),
      ...otherEndpoints(shown),
      ...shown.plan.findings.filter(({ code }) => !FORECASTS.includes(code)).map(({ message }) => message),
      ...shown.leftBehind.map(({ message, remedy }) => withRemedy(message, remedy)),
    ],
  };
}

function clockDoubt({ clock, generator }: UnjudgedResult): string | undefined {
  if (isDatedHere(generator.name) || clock.maxStepMs <= CLOCK_STEP_MS) return undefined;
  return `the wall clock was set by ${formatDuration(clock.maxStepMs)} during the run, and ${generator.name === 'k6' ? 'k6' : 'the load command'} dates its samples by it`;
}

/** By the run's own clock, which no setting moves. */
function isDatedHere(generator: string): boolean {
  return generator === 'embedded' || generator === 'go-bench';
}

function faultDoubts(fault: FaultRecord, { run, windows, plan }: UnjudgedResult): readonly string[] {
  const { name, injections, dose } = fault;
  const phase = windows.findLast((window) => window.phase === 'fault');
  if (phase === undefined) return [];
  if (injections.length === 0) {
    return run.status === 'completed'
      ? [`${name} was never put in: the fault phase was over before its time`]
      : [];
  }
  const doubts = injections
    .filter(({ status, injectedAtMs }) => status === 'not-injected' && injectedAtMs === null)
    .map(({ evidence }) => `${name} was not injected: ${evidence}`);
  const longestMs = Math.max(...injections.map((injection) => heldMs(injection, phase.endMs)));
  if (dose.readings === 0 && longestMs > DOSE_DUE_MS) {
    doubts.push(`no dose of ${name} was read, so that nobody knows whether it acted`);
  }
  if (dose.minCoverage !== null && dose.minCoverage < plan.minCoverage) {
    const share = dose.minCoverage === 0 ? 'none' : `only ${formatShare(dose.minCoverage)}`;
    doubts.push(
      `${name} was at times on ${share} of what should carry it, and guards.minCoverage asks for ` +
        `${formatShare(plan.minCoverage)} (last seen: ${dose.lastDetail})`,
    );
  }
  if (dose.proof?.status === 'none') {
    doubts.push(
      `${name} was put in, and nothing shows that it acted: ${dose.proof.detail}; ` +
        'let the load go where it acts, or say dose: off on the fault where the load need not notice it',
    );
  }
  return doubts;
}

/** Bookkeeping is better than nothing, and no proof. */
function doseCaveats({ name, kind, dose }: FaultRecord): readonly string[] {
  return dose.proof?.status === 'unknown'
    ? [`that ${name} (${kind}) acted is known from Chaos Mesh alone: ${dose.proof.detail}`]
    : [];
}

function heldMs(
  { injectedAtMs, recoverRequestedAtMs }: FaultRecord['injections'][number],
  phaseEndMs: number,
): number {
  return injectedAtMs === null ? 0 : (recoverRequestedAtMs ?? phaseEndMs) - injectedAtMs;
}

/** A load command is silent while nothing ends, and so behind without being late. */
function lagDoubts({ generator: { name, maxLagMs = 0 } }: UnjudgedResult): readonly string[] {
  if (name === 'command' || maxLagMs <= MOST_LAG_MS) return [];
  return [
    `what the load measured came in up to ${formatDuration(maxLagMs)} late (${formatDuration(MOST_LAG_MS)} are allowed): ` +
      'all of it was counted, but stop conditions looked too late; the machine had too much to do, or k6 was held up',
  ];
}

/** A load that was lighter than planned, where no objective says how much lighter it may be. */
function drops({ measurements }: UnjudgedResult, sla: Sla): readonly string[] {
  return JUDGED_PHASES.flatMap((phase) => {
    const dropped = unjudgedDrops(
      sla[phase],
      measurements.find((one) => one.phase === phase && one.endpoint === ALL_ENDPOINTS),
    );
    if (dropped === 0) return [];
    const iterations = `${formatCount(dropped)} ${dropped === 1 ? 'iteration' : 'iterations'}`;
    return [
      `${iterations} of the ${phase} phase could not start, so that the load was lighter than planned; raise maxVUs`,
    ];
  });
}

/** Endpoints beyond those that are kept apart: no objective can name one of them. */
function otherEndpoints({ measurements }: UnjudgedResult): readonly string[] {
  const requests = measurements
    .filter(({ endpoint }) => endpoint === OTHER_ENDPOINTS)
    .reduce((total, measurement) => total + measurement.requests, 0);
  if (requests === 0) return [];
  return [
    `the load has more endpoints than are kept apart: ${formatCount(requests)} requests of further ones are counted ` +
      `together as ${OTHER_ENDPOINTS}; give requests whose address holds an identifier a name tag`,
  ];
}

/** A service that fell over before any fault says nothing about the fault. */
function serviceDoubts({ events, windows }: UnjudgedResult): readonly string[] {
  const steady = windows.filter(({ phase }) => phase === 'steady');
  const firstFaultMs = windows.find(({ phase }) => phase === 'fault')?.startMs ?? Infinity;
  return events
    .filter(
      ({ kind, atMs }) =>
        kind === 'replica-exited' && steady.some(({ startMs, endMs }) => atMs >= startMs && atMs < endMs),
    )
    .map(
      ({ message, atMs }) =>
        `in the steady phase, ${atMs < firstFaultMs ? 'before any fault' : 'with no fault in'}: ${message}`,
    );
}

/** Trials that are not there, though nothing was clear before them. */
function trialDoubts({ run, windows, plan, events }: UnjudgedResult): readonly string[] {
  const { trials = 1 } = plan;
  const ran = countTrials(windows);
  if (run.status !== 'completed' || ran >= trials) return [];
  if (events.some(({ kind }) => kind === 'trials-decided')) return [];
  const ended = events.find(({ kind }) => kind === 'trials-ended');
  return [`only ${ran} of ${trials} trials were run${ended === undefined ? '' : `: ${ended.message}`}`];
}
