import { dirname, resolve } from 'node:path';
import type { LoadGenerator } from '../bench/load-generator.js';
import type { Environment } from '../chaos/environment.js';
import type { FaultInjector, PlannedFault, PlannedTarget } from '../chaos/fault-injector.js';
import type { MetricSource } from '../observe/metric-source.js';
import { PlimsollError } from '../shared/errors.js';
import type { Finding } from '../shared/finding.js';
import type { DurationMs } from '../shared/time.js';
import { checkQueries, queryFindings } from './check-queries.js';
import { benchFindings } from './bench-findings.js';
import { checkGuards } from './check-guards.js';
import type { ExperimentDocument } from './experiment-schema.js';
import type { FileProblem, Loaded } from './file-problem.js';
import type { PlannedHalt } from './halt-switch.js';
import { judgingFindings } from './judging-findings.js';
import { locateIssue } from './locate-issue.js';
import type { Plan } from './plan.js';
import { planFaults } from './plan-faults.js';
import { planLoad } from './plan-load.js';
import { planReads } from './plan-reads.js';
import { addThresholds, thresholdFindings } from './plan-thresholds.js';
import { planSla, planStopConditions } from './plan-sla.js';
import { queriesOf } from './queries-of.js';
import { parseYaml } from './read-yaml.js';
import type { TemplateService } from './resolve-templates.js';
import { warnAboutKinds } from './warn-about-kinds.js';

export type LoadedExperiment = Extract<Loaded<ExperimentDocument>, { ok: true }>;

export interface PlanParts {
  readonly runId: string;
  readonly environment: Environment;
  readonly generator: LoadGenerator;
  /** Where the environment has its metrics; undefined where it names no server. */
  readonly metrics?: MetricSource;
  /** The environment variables that `{{env.NAME}}` stands for. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export type BuiltPlan =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Waits that are no fault of the experiment's: the load goes on through all of them. */
const SLACK_MS = 60_000;

/** Resolves an experiment for an environment, and finds everything that would stop its run. Touches nothing. */
export async function buildPlan(
  experiment: LoadedExperiment,
  { runId, environment, generator, metrics, variables }: PlanParts,
  signal: AbortSignal,
): Promise<BuiltPlan> {
  const { document, source, path } = experiment;
  const read = planLoad(document.load, {
    scope: { services: templateServicesOf(environment.services), env: variables },
    file: path,
    maxDurationMs: longestLoadMs(document) + 2 * document.trials * (metrics?.maxLagMs ?? 0),
  });
  if (!read.ok) {
    const parsed = parseYaml(path, source);
    if (!parsed.ok) throw new Error(`${path} was read before`);
    return { ok: false, problems: read.issues.map((issue) => locateIssue(parsed.yaml, issue)) };
  }
  const judgesThresholds = document.load.k6?.thresholds === 'judge';
  const faults = planFaults(document, runId);
  const { injector } = environment;
  const written = planSla(document);
  const queries = queriesOf(written);
  const [surroundings, generating, thresholds, asking, ...injecting] = await Promise.all([
    environment.preflight(signal),
    generator.preflight(read.load, signal),
    judgesThresholds ? (generator.thresholds?.(read.load, signal) ?? []) : [],
    metrics === undefined || queries.length === 0 ? [] : checkQueries(metrics, queries, signal),
    ...faults.map((fault) => injector.preflight(fault, signal)),
  ]);
  const targets = await selectTargets(faults, injecting.map(hasStop), injector, signal);
  const { metadata, guards, deadlines, phases, trials } = document;
  const sla = addThresholds(written, thresholds);
  const reads = planReads(sla);
  const load = reads === undefined ? read.load : { ...read.load, reads };
  return {
    ok: true,
    plan: {
      runId,
      experiment: {
        name: metadata.name,
        ...(metadata.description === undefined ? {} : { description: metadata.description }),
        ...(metadata.owner === undefined ? {} : { owner: metadata.owner }),
        labels: metadata.labels,
        hypothesis: document.hypothesis,
        file: path,
        source,
      },
      environment: {
        name: environment.name,
        driver: environment.driver,
        services: environment.services,
      },
      phasesMs: phases,
      ...(trials === 1 ? {} : { trials }),
      load,
      generator: generator.describe(load),
      faults,
      targets: Object.fromEntries(targets),
      sla,
      ...(thresholds.length === 0 ? {} : { thresholds }),
      ...(metrics === undefined || queries.length === 0 ? {} : { metricsAddress: metrics.address }),
      guards: {
        ...(guards.maxTargets === undefined ? {} : { maxTargets: guards.maxTargets }),
        ...(guards.maxPercent === undefined ? {} : { maxPercent: guards.maxPercent }),
        minCoverage: guards.minCoverage,
        stopWhen: planStopConditions(document),
        ...(guards.halt === undefined ? {} : { halt: planHalt(guards.halt, path) }),
      },
      deadlinesMs: deadlines,
      findings: uniqueFindings([
        ...surroundings,
        ...generating,
        ...thresholdFindings(thresholds),
        ...asking,
        ...injecting.flatMap((findings, index) => nameFault(findings, faults, index)),
        ...checkGuards([...targets.values()].flat(), environment.services, guards),
        ...warnAboutKinds(experiment).map(asFinding),
        ...judgingFindings({ load, phasesMs: phases, sla, trials }),
        ...queryFindings({ sla, phasesMs: phases }, metrics !== undefined),
        ...benchFindings({ load, phasesMs: phases, sla, stopWhen: planStopConditions(document) }),
      ]),
    },
  };
}

/** By the fault's name. Of a fault that preflight stops they are shown where they are known all the same. */
async function selectTargets(
  faults: readonly PlannedFault[],
  stopped: readonly boolean[],
  injector: FaultInjector,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly PlannedTarget[]>> {
  const entries = await Promise.all(
    faults.map(async (fault, index) => {
      try {
        return [[fault.name, await injector.select(fault, signal)] as const];
      } catch (error) {
        if (stopped[index] === true && error instanceof PlimsollError) return [];
        throw error;
      }
    }),
  );
  return new Map(entries.flat());
}

function asFinding({ message }: FileProblem): Finding {
  return { severity: 'warning', code: 'unknown-kind', message, remedy: '' };
}

function planHalt(
  { file, http, every }: NonNullable<ExperimentDocument['guards']['halt']>,
  experimentPath: string,
): PlannedHalt {
  if (http !== undefined) return { kind: 'http', url: http, everyMs: every };
  return { kind: 'file', path: resolve(dirname(experimentPath), file ?? ''), everyMs: every };
}

/** Whether the plan may be run. */
export function isRunnable(plan: Plan): boolean {
  return !hasStop(plan.findings);
}

function hasStop(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'stop');
}

/** What `{{services.NAME.url}}` stands for. */
export function templateServicesOf(
  services: Environment['services'],
): Readonly<Record<string, TemplateService>> {
  return Object.fromEntries(
    services.map(({ name, url }) => {
      const { hostname, port, protocol } = new URL(url);
      return [name, { url, host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }];
    }),
  );
}

function longestLoadMs(document: ExperimentDocument): DurationMs {
  const { warmup, steady, recovery } = document.phases;
  return warmup + document.trials * (steady + longestFaultMs(document) + recovery);
}

/** The longest that a fault can be in, or be coming or going: one after another at worst. */
export function longestFaultMs({ phases, deadlines, faults }: ExperimentDocument): DurationMs {
  return phases.fault + faults.length * (deadlines.inject + deadlines.recover) + SLACK_MS;
}

/** Where there is only one fault, everybody knows which it is. */
function nameFault(
  findings: readonly Finding[],
  faults: readonly PlannedFault[],
  index: number,
): readonly Finding[] {
  if (faults.length === 1) return findings;
  return findings.map((finding) => ({
    ...finding,
    message: `fault "${faults[index]?.name ?? ''}": ${finding.message}`,
  }));
}

function uniqueFindings(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ message }) => !seen.has(message) && seen.add(message));
}
