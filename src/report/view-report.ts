import type { Result } from '../experiments/result-schema.js';
import { formatCount, formatDuration, formatRate, formatShare } from '../shared/units.js';
import { describeFaults } from './describe-fault.js';
import { describeVerdict, OUTCOME_MARKS, type VerdictDescription } from './describe-verdict.js';
import { drawMark } from './draw-mark.js';
import { drawTimeline, NARROW, WIDE } from './draw-timeline.js';
import { embedJson } from './escape.js';
import { formatClock, formatMoment, formatOffset } from './format-moment.js';
import { formatMaybeMs, formatRatio } from './format-reading.js';
import { framePage, type PageFrame } from './frame-page.js';
import type { ReportOptions } from './render-report.js';
import {
  findMeasurement,
  viewCounts,
  viewEndpoints,
  type CountView,
  type EndpointView,
} from './view-endpoints.js';
import { viewFaults, type FaultView } from './view-faults.js';
import { tightestObjective, viewObjectives, type ObjectiveView } from './view-objectives.js';
import { viewTimeline, type Timeline, type TimelinePoint } from './view-timeline.js';

/** Every string of report.html. */
export interface ReportView {
  readonly page: PageFrame;
  readonly verdict: VerdictDescription & { readonly mark: string; readonly drawing: string };
  readonly tightest: string;
  readonly experiment: {
    readonly name: string;
    readonly description: string;
    readonly hypothesis: string;
    readonly file: string;
    readonly source: string;
  };
  readonly facts: readonly Fact[];
  readonly tiles: readonly Tile[];
  readonly sweepCommand: string;
  readonly objectives: readonly (ObjectiveView & { readonly fill: string })[];
  readonly timeline: TimelineView | null;
  readonly endpoints: readonly EndpointView[];
  readonly counts: readonly CountView[];
  readonly faults: readonly FaultView[];
  readonly faultPhrase: string;
  readonly events: readonly {
    readonly at: string;
    readonly kind: string;
    readonly message: string;
    readonly target: string;
  }[];
  readonly findings: Result['plan']['findings'];
  readonly blindSpots: readonly string[];
  readonly setup: readonly Fact[];
  readonly services: readonly { readonly name: string; readonly url: string; readonly replicas: string }[];
  readonly commands: readonly { readonly what: string; readonly line: string }[];
  readonly resultHref: string;
  readonly indexHref: string;
}

interface Fact {
  readonly name: string;
  readonly value: string;
}

/** One number of the overview, before and under the fault. */
interface Tile {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
}

interface TimelineView {
  readonly wide: string;
  readonly narrow: string;
  readonly note: string;
  readonly data: string;
  readonly rows: readonly TimelineRow[];
}

interface TimelineRow {
  readonly at: string;
  readonly phase: string;
  readonly requests: string;
  readonly failures: string;
  readonly dropped: string;
  readonly p50: string;
  readonly p95: string;
  readonly p99: string;
}

export function viewReport(result: Result, options: Required<ReportOptions>): ReportView {
  const verdict = describeVerdict(result);
  const timeline = viewTimeline(result);
  const originMs = timeline?.originMs ?? result.run.startedAtMs;
  const tightest = tightestObjective(result);
  return {
    page: framePage({
      title: `${verdict.word}: ${result.experiment.name}`,
      script: 'report.js',
      outcome: verdict.outcome,
      version: result.versions.plimsoll,
    }),
    verdict: {
      ...verdict,
      mark: OUTCOME_MARKS[verdict.outcome],
      drawing: drawMark(verdict.outcome, tightest?.usage),
    },
    tightest: tightest === undefined ? '' : `${tightest.objective}: ${tightest.margin}`,
    experiment: {
      name: result.experiment.name,
      description: result.experiment.description ?? '',
      hypothesis: result.experiment.hypothesis,
      file: result.experiment.file,
      source: result.experiment.source,
    },
    facts: viewFacts(result),
    tiles: viewTiles(result),
    sweepCommand: `plimsoll sweep --environment ${result.environment.name}`,
    objectives: viewObjectives(result).map((objective) => ({
      ...objective,
      fill: objective.usage === undefined ? '' : ((Math.min(objective.usage, 1.5) / 1.5) * 100).toFixed(1),
    })),
    timeline: timeline === undefined ? null : viewChart(result, timeline),
    endpoints: viewEndpoints(result),
    counts: viewCounts(result),
    faults: viewFaults(result, originMs),
    faultPhrase: describeFaults(result.faults),
    events: result.events.map(({ atMs, kind, message, target }) => ({
      at: formatOffset(atMs - originMs),
      kind,
      message,
      target: target ?? '',
    })),
    findings: result.plan.findings,
    blindSpots: result.generator.blindSpots,
    setup: viewSetup(result),
    services: result.environment.services.map(({ name, url, replicas }) => ({
      name,
      url,
      replicas: replicas === 0 ? 'started by its user' : formatCount(replicas),
    })),
    commands: viewCommands(result, options.runFolder),
    resultHref: options.resultHref,
    indexHref: options.indexHref,
  };
}

function viewFacts(result: Result): readonly Fact[] {
  const { run, experiment, environment } = result;
  return [
    { name: 'Run', value: run.id },
    { name: 'Started', value: formatMoment(run.startedAtMs) },
    { name: 'Took', value: formatDuration(run.endedAtMs - run.startedAtMs) },
    { name: 'Environment', value: environment.name },
    { name: 'Fault', value: describeFaults(result.faults) },
    { name: 'Load', value: result.plan.load },
    ...(experiment.owner === undefined ? [] : [{ name: 'Owner', value: experiment.owner }]),
    ...Object.entries(experiment.labels).map(([name, value]) => ({ name, value })),
  ];
}

function viewTiles(result: Result): readonly Tile[] {
  const steady = findMeasurement(result, 'steady');
  const fault = findMeasurement(result, 'fault');
  const latency = (name: string, before: number | null, after: number | null): Tile => ({
    name,
    before: formatMaybeMs(before),
    after: formatMaybeMs(after),
    change: formatRatio(before, after) ?? '',
  });
  const share = (entry: typeof steady): string =>
    entry === undefined || entry.requests === 0 ? '–' : formatShare(entry.failures / entry.requests);
  const rate = (entry: typeof steady): string =>
    entry === undefined ? '–' : formatRate(entry.ratePerSecond);
  return [
    latency('p50', steady?.p50Ms ?? null, fault?.p50Ms ?? null),
    latency('p95', steady?.p95Ms ?? null, fault?.p95Ms ?? null),
    latency('p99', steady?.p99Ms ?? null, fault?.p99Ms ?? null),
    { name: 'errors', before: share(steady), after: share(fault), change: '' },
    { name: 'rate', before: rate(steady), after: rate(fault), change: '' },
    {
      name: 'recovery',
      before: '',
      after: result.recoveryMs === null ? '–' : formatDuration(result.recoveryMs),
      change: result.recoveryMs === null ? 'not seen' : '',
    },
  ];
}

function viewChart(result: Result, timeline: Timeline): TimelineView {
  const description = describeTimeline(result);
  return {
    wide: drawTimeline(timeline, WIDE, description),
    narrow: drawTimeline(timeline, NARROW, description),
    note:
      timeline.slicesPerPoint === 1
        ? ''
        : `Each point is the slowest of up to ${timeline.slicesPerPoint} neighbouring seconds.`,
    data: embedJson(timeline.points.map((point) => viewHover(point, timeline.spanMs))),
    rows: timeline.points.map((point) => ({
      at: formatOffset(point.fromMs),
      phase: point.phase,
      requests: formatCount(point.requests),
      failures: formatCount(point.failures),
      dropped: formatCount(point.dropped),
      p50: formatMaybeMs(point.p50Ms),
      p95: formatMaybeMs(point.p95Ms),
      p99: formatMaybeMs(point.p99Ms),
    })),
  };
}

/** Where along the chart a point lies (0..1), and the lines that the pointer shows there. */
function viewHover(point: TimelinePoint, spanMs: number): readonly [number, ...string[]] {
  const middle = (point.fromMs + point.toMs) / 2 / spanMs;
  return [
    Math.round(middle * 1e5) / 1e5,
    `${formatClock(point.fromMs)} ${point.phase}`,
    `p99 ${formatMaybeMs(point.p99Ms)}`,
    `p95 ${formatMaybeMs(point.p95Ms)}`,
    `p50 ${formatMaybeMs(point.p50Ms)}`,
    formatRate(point.requestsPerSecond),
    ...(point.failures > 0 ? [`${formatCount(point.failures)} failed`] : []),
    ...(point.dropped > 0 ? [`${formatCount(point.dropped)} dropped`] : []),
  ];
}

function describeTimeline(result: Result): string {
  const phases = (['steady', 'fault', 'recovery'] as const).flatMap((phase) => {
    const entry = findMeasurement(result, phase);
    return entry === undefined
      ? []
      : [
          `${phase}: p50 ${formatMaybeMs(entry.p50Ms)}, p95 ${formatMaybeMs(entry.p95Ms)}, p99 ${formatMaybeMs(entry.p99Ms)}, ${formatCount(entry.failures)} of ${formatCount(entry.requests)} requests failed`,
        ];
  });
  return `${phases.join('; ')}. The table below the chart has every second.`;
}

function viewSetup(result: Result): readonly Fact[] {
  const { generator, versions, clock, environment, run } = result;
  const models = {
    open: 'open model: requests start on schedule, whatever the service does',
    closed: 'closed model: each user waits for its answer, so that a stall slows the load too',
    script: 'the script’s own options decide the model',
  };
  return [
    { name: 'Load generator', value: `${generator.name} ${generator.version}, ${models[generator.model]}` },
    { name: 'Requests in all', value: formatCount(generator.requests) },
    { name: 'Environment', value: `${environment.name} (${environment.driver})` },
    { name: 'Plimsoll', value: versions.plimsoll },
    { name: 'Node', value: versions.node },
    {
      name: 'Machine',
      value: `${versions.platform}, ${formatCount(versions.cpus)} ${versions.cpus === 1 ? 'CPU' : 'CPUs'}`,
    },
    {
      name: 'Clock',
      value: `known to ± ${formatDuration(clock.uncertaintyMs)}, largest step ${formatDuration(clock.maxStepMs)}. ${clock.note}`,
    },
    { name: 'Exit code', value: String(run.exitCode) },
  ];
}

function viewCommands(result: Result, runFolder: string): ReportView['commands'] {
  return [
    {
      what: 'Run it again',
      line: `plimsoll run ${result.experiment.file} --environment ${result.environment.name}`,
    },
    { what: 'Judge this run again, by other objectives', line: `plimsoll judge ${runFolder} --sla new.yaml` },
    { what: 'Make this report again', line: `plimsoll report ${runFolder}` },
  ];
}
