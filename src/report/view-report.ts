import type { Result } from '../experiments/result-schema.js';
import { formatCount } from '../shared/units.js';
import { amplificationOf, describeChange } from './describe-change.js';
import {
  caveatsBesideReasons,
  describeVerdict,
  OUTCOME_MARKS,
  type VerdictDescription,
} from './describe-verdict.js';
import { drawMark } from './draw-mark.js';
import { formatOffset } from './format-moment.js';
import { framePage, type PageFrame } from './frame-page.js';
import { runCommand, shellWord, sweepCommand } from './shell-command.js';
import {
  viewSpectrumChart,
  viewTimelineChart,
  type SpectrumChart,
  type TimelineView,
} from './view-charts.js';
import { viewBenchmarks, type BenchmarksView } from './view-benchmarks.js';
import { viewCounts, viewEndpoints, type CountView, type EndpointView } from './view-endpoints.js';
import { viewFacts, type Fact } from './view-facts.js';
import { viewFaults, type FaultView } from './view-faults.js';
import { tightestObjective, viewObjectives, type ObjectiveView } from './view-objectives.js';
import { viewSetup } from './view-setup.js';
import { viewTiles, type Tile } from './view-tiles.js';
import { viewTimeline } from './view-timeline.js';
import { viewTrials, type TrialsView } from './view-trials.js';

export interface ReportOptions {
  /** Where result.json lies, seen from the report. */
  readonly resultHref?: string;
  /** Where the index of all runs lies, seen from the report; left out where there is none. */
  readonly indexHref?: string;
  /** The run's folder as the reader would type it, for the commands in the report. */
  readonly runFolder?: string;
}

/** Every string of report.html. */
export interface ReportView {
  readonly page: PageFrame;
  readonly verdict: VerdictDescription & { readonly mark: string; readonly drawing: string };
  readonly tightest: { readonly label: string; readonly text: string } | null;
  /** What the fault did to the p95. */
  readonly change: string;
  readonly amplificationNote: string;
  readonly experiment: {
    readonly name: string;
    readonly description: string;
    readonly hypothesis: string;
    readonly file: string;
    readonly source: string;
  };
  readonly facts: readonly Fact[];
  readonly tiles: readonly Tile[];
  /** The heading of the alarm; empty where there is none. */
  readonly alarm: string;
  readonly sweepCommand: string;
  readonly objectives: readonly (ObjectiveView & { readonly fill: string })[];
  /** What the brackets behind a reading mean; empty where there are none. */
  readonly intervalNote: string;
  readonly benchmarks: BenchmarksView | null;
  /** Not where benchmarks alone were measured: charts without a request would be empty. */
  readonly showsRequests: boolean;
  readonly timeline: TimelineView | null;
  readonly spectrum: SpectrumChart | null;
  readonly trials: TrialsView | null;
  readonly endpoints: readonly EndpointView[];
  readonly counts: readonly CountView[];
  readonly faults: readonly FaultView[];
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

export function viewReport(result: Result, options: Required<ReportOptions>): ReportView {
  const verdict = describeVerdict(result);
  const timeline = viewTimeline(result);
  const originMs = timeline?.originMs ?? result.run.startedAtMs;
  const tightest = tightestObjective(result);
  const objectives = viewObjectives(result);
  return {
    page: framePage({
      title: `${verdict.word}: ${result.experiment.name}`,
      script: 'report.js',
      outcome: verdict.outcome,
      version: result.versions.plimsoll,
    }),
    verdict: {
      ...verdict,
      caveats: caveatsBesideReasons(verdict, result),
      mark: OUTCOME_MARKS[verdict.outcome],
      drawing: drawMark(verdict.outcome, tightest?.usage),
    },
    tightest:
      tightest === undefined
        ? null
        : {
            label: tightest.outcome === 'breach' ? 'Farthest over its line' : 'Nearest to its line',
            text: `${tightest.objective} in the ${tightest.phase} phase: ${tightest.margin}`,
          },
    change: describeChange(result)?.replace('->', '→') ?? '',
    amplificationNote:
      amplificationOf(result) === undefined
        ? ''
        : 'Amplification is what latency grew by for each millisecond put in. At 1 the service passes the delay on as it is. Retries, and several exchanges in a row, make it more; so do new connections, which meet a delay twice: once to connect, and once for the answer.',
    experiment: {
      name: result.experiment.name,
      description: result.experiment.description ?? '',
      hypothesis: result.experiment.hypothesis,
      file: result.experiment.file,
      source: result.experiment.source,
    },
    facts: viewFacts(result),
    tiles: viewTiles(result),
    alarm:
      verdict.mayBeLive.length > 0
        ? 'A fault may still be live'
        : verdict.leftBehind.length > 0
          ? 'Something was left behind'
          : '',
    sweepCommand: sweepCommand(result),
    objectives: objectives.map((objective) => ({
      ...objective,
      fill: objective.usage === undefined ? '' : ((Math.min(objective.usage, 1.5) / 1.5) * 100).toFixed(1),
    })),
    intervalNote: describeIntervals(objectives),
    benchmarks: viewBenchmarks(result),
    showsRequests: result.benchmarks === undefined || result.generator.requests > 0,
    timeline: timeline === undefined ? null : viewTimelineChart(result, timeline),
    spectrum: viewSpectrumChart(result),
    trials: viewTrials(result),
    endpoints: viewEndpoints(result),
    counts: viewCounts(result, originMs),
    faults: viewFaults(result, originMs),
    events: result.events.map(({ atMs, kind, message, target }) => ({
      at: formatOffset(atMs - originMs),
      kind: kind.replaceAll('-', ' '),
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

function viewCommands(result: Result, runFolder: string): ReportView['commands'] {
  return [
    {
      what: 'Run it again',
      line: runCommand(result),
    },
    {
      what: 'Judge this run again, by other objectives',
      line: `plimsoll judge ${shellWord(runFolder)} --sla new.yaml`,
    },
    { what: 'Make this report again', line: `plimsoll report ${shellWord(runFolder)}` },
  ];
}

function describeIntervals(objectives: readonly ObjectiveView[]): string {
  const confidences = new Set(
    objectives.filter((view) => view.interval !== '').map((view) => view.confidence),
  );
  return confidences.size === 0
    ? ''
    : `In brackets: where the true value lies, with ${[...confidences].join(' or ')} confidence.`;
}
