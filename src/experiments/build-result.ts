import { cutBenchmarks } from '../bench/benchmark.js';
import { measurementsToDocument } from '../bench/measurement-document.js';
import type { LoadProfile, PlannedLoad } from '../bench/load-generator.js';
import type { RunnerRecord } from '../bench/runners/runner-record.js';
import type { Measurements } from '../bench/measurement.js';
import { shareOfServices } from '../chaos/share-of-services.js';
import { formatDuration, formatRate } from '../shared/units.js';
import type { Observation } from '../sla/observation.js';
import { benchmarksToDocument } from './benchmark-schema.js';
import type { UnjudgedResult } from './judge-result.js';
import type { Plan } from './plan.js';
import { textsOf } from './plan-sla.js';
import type { FaultRecord, Result } from './result-schema.js';
import type { FaultHistory, RunRecord } from './run-record.js';

/** Puts down what a run has shown. */
export function buildResult(
  plan: Plan,
  record: RunRecord,
  measurements: Measurements,
  versions: Result['versions'],
): UnjudgedResult {
  const { experiment, environment, generator, guards, sla, phasesMs, findings } = plan;
  const runners = record.load?.status === 'ended' ? record.load.runners : undefined;
  const benchmarks = record.load?.benchmarks;
  const caveats = record.load?.status === 'ended' ? (record.load.caveats ?? []) : [];
  return {
    schemaVersion: 'plimsoll.dev/result/v1',
    run: {
      id: plan.runId,
      startedAtMs: record.startedAtMs,
      endedAtMs: record.endedAtMs,
      status: record.status,
      statusReason: record.statusReason,
      ...(record.signal === undefined ? {} : { signal: record.signal }),
    },
    experiment: { ...experiment, labels: { ...experiment.labels } },
    environment: {
      name: environment.name,
      driver: environment.driver,
      services: environment.services.map((service) => ({ ...service, labels: { ...service.labels } })),
    },
    versions,
    plan: {
      phasesMs: { ...phasesMs },
      ...(plan.trials === undefined ? {} : { trials: plan.trials }),
      load: describeLoad(plan.load),
      sla: textsOf(sla),
      ...(plan.thresholds === undefined ? {} : { thresholds: [...plan.thresholds] }),
      stopWhen: guards.stopWhen.map(({ text }) => text),
      minCoverage: guards.minCoverage,
      findings: [...findings],
    },
    generator: {
      name: generator.name,
      version: generator.version,
      model: generator.model,
      blindSpots: [...generator.blindSpots],
      requests: record.load?.status === 'ended' ? record.load.requests : requestsOf(measurements),
      ...(runners === undefined ? {} : { runners: runners.map((runner) => ({ ...runner })) }),
      maxLagMs: record.maxLagMs,
      caveats: [...caveats],
    },
    leftBehind: [...record.leftBehind],
    clock: describeClock(plan, record, runners),
    windows: [...record.windows],
    faults: record.faults.map((history) => toFaultRecord(history, plan)),
    events: [...record.events],
    ...measurementsToDocument(measurements),
    ...(record.observations.length === 0
      ? {}
      : { observations: record.observations.map(toObservationRecord) }),
    ...(benchmarks === undefined
      ? {}
      : { benchmarks: benchmarksToDocument(cutBenchmarks(benchmarks, record.windows)) }),
  };
}

/** A list of its own, as documents have it. */
export function toObservationRecord(observation: Observation): NonNullable<Result['observations']>[number] {
  return observation.status === 'read'
    ? { ...observation, values: [...observation.values] }
    : { ...observation };
}

/** `100/s open model, at most 100 virtual users`. */
export function describeLoad(load: PlannedLoad): string {
  if (load.kind === 'command') return `as the command says: ${load.command.join(' ')}`;
  if (load.kind === 'go-bench')
    return `benchmarks ${load.bench} of ${load.package}, ${load.benchtime} each, a closed loop`;
  const { profile } = load;
  return profile === undefined ? 'as the options of the script say' : describeProfile(profile);
}

function describeProfile(profile: LoadProfile): string {
  return profile.model === 'open'
    ? `${formatRate(profile.ratePerSecond)} open model, at most ${profile.maxVUs} virtual users`
    : `${profile.vus} virtual users, closed model`;
}

function requestsOf({ slices }: Measurements): number {
  return slices.reduce((total, { requests }) => total + requests, 0);
}

function describeClock(
  { generator }: Plan,
  { maxClockStepMs }: RunRecord,
  runners: readonly RunnerRecord[] | undefined,
): Result['clock'] {
  const step =
    maxClockStepMs >= 1
      ? ` The wall clock was seen ${formatDuration(maxClockStepMs)} away from where it began.`
      : '';
  return {
    uncertaintyMs: Math.max(1, ...(runners ?? []).map(({ clock }) => clock.uncertaintyMs)),
    maxStepMs: maxClockStepMs,
    note: `${describeTiming(generator, runners)}${step}`,
  };
}

function describeTiming(
  { name, runners: planned }: Plan['generator'],
  runners: readonly RunnerRecord[] | undefined,
): string {
  if (planned !== undefined) {
    const offsets = (runners ?? []).map(({ clock }) => Math.abs(clock.offsetMs));
    const furthest =
      offsets.length === 0 ? '' : ` The furthest was ${formatDuration(Math.max(...offsets))} away.`;
    return `Requests were timed by the clocks of ${planned.count} runners, and moved to this machine's by what was measured between them.${furthest}`;
  }
  return name === 'embedded' || name === 'go-bench'
    ? 'Everything was timed on this machine, by one clock.'
    : 'Everything was timed on this machine: samples by its wall clock, borders by one that no setting moves.';
}

function toFaultRecord({ fault, targets, injections, dose }: FaultHistory, plan: Plan): FaultRecord {
  const { action } = fault.manifest.spec;
  const shares = shareOfServices(plan.targets[fault.name] ?? [], plan.environment.services);
  return {
    name: fault.name,
    kind: fault.manifest.kind,
    action: typeof action === 'string' ? action : null,
    manifest: { ...fault.manifest },
    // The plan knows more of them: how things stood before the run.
    targets: targets.map(({ id, uid, service }) => ({
      id,
      uid,
      ...(service === undefined ? {} : { service }),
    })),
    ...(shares.length === 0
      ? {}
      : { shares: shares.map(({ service, hit, ready }) => ({ service, hit, ready })) }),
    injections,
    dose: { ...dose, ...(fault.dose === undefined ? {} : { expected: fault.dose }) },
  };
}
