import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { nativeKindOf } from '../chaos/native-kinds.js';
import { buildPlan, longestFaultMs, type LoadedExperiment } from '../experiments/build-plan.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { createJournal } from '../experiments/create-journal.js';
import type { FileProblem } from '../experiments/file-problem.js';
import { loadConfig, loadExperiment } from '../experiments/load-file.js';
import { newRunId } from '../experiments/new-run-id.js';
import type { Plan } from '../experiments/plan.js';
import { planSla } from '../experiments/plan-sla.js';
import { queriesOf } from '../experiments/queries-of.js';
import { servicesNamedIn } from '../experiments/resolve-templates.js';
import { readResult } from '../experiments/read-result.js';
import type { RunObserver } from '../experiments/run-observer.js';
import type { Logger } from '../shared/logger.js';
import { processStartToken } from '../shared/process-identity.js';
import type { RunEvent } from '../shared/run-event.js';
import type { Clock, DurationMs } from '../shared/time.js';
import { chooseEnvironment, createEnvironment } from './create-environment.js';
import { runnerPlaceOf } from './create-runners-generator.js';
import { createMetricSource } from './create-metric-source.js';
import { createGenerator, type GeneratorChoice } from './create-generator.js';
import { findConfig } from './find-config.js';
import { clearWay } from './clear-way.js';
import { executeRun, type RunAssembly, type StoredRun } from './execute-run.js';

/** What the command line asks for. Paths are as they were given. */
export interface RunRequest {
  readonly experimentPath: string;
  /** Whether it is going to be carried out: then what dead runs left is swept before anything is looked at. */
  readonly purpose: 'plan' | 'run';
  readonly environment?: string;
  readonly configPath?: string;
  /** A run to compare with: its folder, its result or its id. */
  readonly baseline?: string;
  /** Folder of the results, in place of the config's. */
  readonly reports?: string;
  readonly generator?: GeneratorChoice;
  /** The run is ended, and its fault taken out, when so much time has passed. */
  readonly maxDurationMs?: DurationMs;
  /** Every single request is kept in a file of its own. */
  readonly keepSamples?: boolean;
}

/** What the process around a run gives to it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly logger: Logger;
}

export type ComposedRun =
  | { readonly ok: false; readonly problems: readonly FileProblem[] }
  | {
      readonly ok: true;
      readonly plan: Plan;
      /** Where the results of this experiment go. */
      readonly reports: string;
      /**
       * Carries the plan out and stores its result. Rejects with NOT_READY where another run holds the environment, or
       * nothing can be written.
       *
       * @param interrupt aborts with the name of the signal that interrupts the run
       */
      execute(observer: RunObserver, interrupt: AbortSignal): Promise<StoredRun>;
    };

interface LoadedConfig {
  readonly document: ConfigDocument;
  readonly path: string;
}

/** Puts a run together from its files: the one place where adapters are chosen. */
export async function composeRun(
  request: RunRequest,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<ComposedRun> {
  const experiment = await loadExperiment(request.experimentPath);
  if (!experiment.ok) return experiment;
  const config = await loadConfig(await findConfig(request));
  if (!config.ok) return config;
  const parts = await createParts(request, experiment, config, surroundings, signal);
  const inUse = request.purpose === 'run' ? await clearWay(parts, signal) : [];
  const { environment, generator, metrics, owner } = parts;
  const built = await buildPlan(
    experiment,
    {
      runId: owner.runId,
      environment,
      generator,
      ...(metrics === undefined ? {} : { metrics }),
      variables: surroundings.env,
    },
    signal,
  );
  if (!built.ok) return built;
  // While another run holds the environment, its ports are in use and so on: one reason is enough.
  const plan = inUse.length > 0 ? { ...built.plan, findings: inUse } : built.plan;
  return {
    ok: true,
    plan,
    reports: parts.reports,
    execute: (observer, interrupt) => executeRun(plan, parts, observer, interrupt),
  };
}

async function createParts(
  request: RunRequest,
  experiment: LoadedExperiment,
  config: LoadedConfig,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<RunAssembly> {
  const { clock, env, logger, random } = surroundings;
  const configFolder = dirname(resolve(config.path));
  const stateFolder = join(configFolder, '.plimsoll');
  const reports = request.reports ?? resolve(configFolder, config.document.reports);
  const runId = newRunId(clock.wallMs(), random);
  const startToken = await processStartToken(process.pid);
  if (startToken === undefined) throw new Error('this process is not in the process table');
  const journal = createJournal(stateFolder, runId);
  const temporaryFolder = join(tmpdir(), `plimsoll-${runId}`);
  const logsFolder = join(reports, experiment.document.metadata.name, runId, 'logs');
  const listeners = new Set<(event: RunEvent) => void>();
  const name = chooseEnvironment(config, request.environment);
  const place = config.document.environments[name];
  if (place === undefined) throw new Error(`no environment ${name}`);
  const runners = runnerPlaceOf(experiment.document.load, place);
  const shared = { runId, clock, logger, recorder: journal, logsFolder };
  const environment = await createEnvironment(
    config.document,
    name,
    {
      ...shared,
      configFolder,
      usedServices: servicesNamedIn([experiment.document.load, place]),
      usesChaosMesh: experiment.document.faults.some(({ manifest }) => nativeKindOf(manifest) === undefined),
      searchPath: env.PATH ?? '',
      onEvent: (event) => {
        for (const listener of listeners) listener(event);
      },
      leaseMs: longestFaultMs(experiment.document),
      recoverDeadlineMs: experiment.document.deadlines.recover,
      ...(runners === undefined ? {} : { runners }),
    },
    signal,
  );
  // Its settings may need variables that only those have who use it.
  const asks = queriesOf(planSla(experiment.document)).length > 0;
  return {
    clock,
    logger,
    environment,
    metrics: asks
      ? createMetricSource({ config, environment: name, services: environment.services, env })
      : undefined,
    generator: await createGenerator(
      experiment.document.load,
      {
        ...shared,
        env,
        environment: place,
        configFolder,
        temporaryFolder,
        ...(request.generator === undefined ? {} : { choice: request.generator }),
      },
      signal,
    ),
    journal,
    owner: { runId, pid: process.pid, startToken },
    stateFolder,
    reports,
    temporaryFolder,
    onEnvironmentEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    maxDurationMs: request.maxDurationMs,
    keepSamples: request.keepSamples ?? false,
    baseline:
      request.baseline === undefined ? undefined : (await readResult(request.baseline, reports)).result,
  };
}
