import { mkdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { LoadGenerator } from '../bench/load-generator.js';
import { measurementsFromDocument } from '../bench/measurement-document.js';
import { createTapeFile, type TapeFile } from '../bench/tape-file/create-tape-file.js';
import { TAPE_FILE } from '../bench/tape-file/read-tape.js';
import type { Environment } from '../chaos/environment.js';
import { buildPlan, longestFaultMs, type LoadedExperiment } from '../experiments/build-plan.js';
import { buildResult } from '../experiments/build-result.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { createJournal } from '../experiments/create-journal.js';
import type { FileProblem } from '../experiments/file-problem.js';
import { judgeResult } from '../experiments/judge-result.js';
import { loadConfig, loadExperiment } from '../experiments/load-file.js';
import { lockEnvironment, type LockOwner } from '../experiments/lock-environment.js';
import { newRunId } from '../experiments/new-run-id.js';
import { openRunFolder } from '../experiments/open-run-folder.js';
import type { Plan } from '../experiments/plan.js';
import { readResult } from '../experiments/read-result.js';
import type { Result } from '../experiments/result-schema.js';
import { runExperiment } from '../experiments/run-experiment.js';
import type { RunObserver } from '../experiments/run-observer.js';
import { storeResult } from '../experiments/store-result.js';
import { PlimsollError } from '../shared/errors.js';
import { EXIT } from '../shared/exit.js';
import type { Finding } from '../shared/finding.js';
import type { Logger } from '../shared/logger.js';
import { processStartToken } from '../shared/process-identity.js';
import type { RunEvent } from '../shared/run-event.js';
import type { Clock } from '../shared/time.js';
import { chooseEnvironment, createEnvironment } from './create-environment.js';
import { createGenerator, type GeneratorChoice } from './create-generator.js';
import { findConfig } from './find-config.js';
import { plimsollVersion } from './plimsoll-version.js';
import { sweepDeadRuns } from './sweep-dead-runs.js';

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
}

/** What the process around a run gives to it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly logger: Logger;
}

export interface StoredRun {
  readonly result: Result;
  readonly folder: string;
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

/** Everything that one run is made of. */
interface Parts extends Surroundings {
  readonly config: LoadedConfig;
  readonly environment: Environment;
  readonly generator: LoadGenerator;
  readonly journal: ReturnType<typeof createJournal>;
  readonly owner: LockOwner;
  readonly stateFolder: string;
  readonly reports: string;
  readonly temporaryFolder: string;
  readonly onEnvironmentEvent: (listener: (event: RunEvent) => void) => () => void;
  readonly baseline: Result | undefined;
}

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
  const { environment, generator, owner } = parts;
  const built = await buildPlan(
    experiment,
    { runId: owner.runId, environment, generator, variables: surroundings.env },
    signal,
  );
  if (!built.ok) return built;
  // While another run holds the environment, its ports are in use and so on: one reason is enough.
  const plan = inUse.length > 0 ? { ...built.plan, findings: inUse } : built.plan;
  return {
    ok: true,
    plan,
    reports: parts.reports,
    execute: (observer, interrupt) => execute(plan, parts, observer, interrupt),
  };
}

async function createParts(
  request: RunRequest,
  experiment: LoadedExperiment,
  config: LoadedConfig,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Parts> {
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
  const shared = { runId, clock, logger, recorder: journal, logsFolder };
  return {
    ...surroundings,
    config,
    environment: await createEnvironment(
      config.document,
      name,
      {
        ...shared,
        configFolder,
        searchPath: env.PATH ?? '',
        onEvent: (event) => {
          for (const listener of listeners) listener(event);
        },
        leaseMs: longestFaultMs(experiment.document),
        recoverDeadlineMs: experiment.document.deadlines.recover,
      },
      signal,
    ),
    generator: await createGenerator(
      experiment.document.load,
      {
        ...shared,
        env,
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
    baseline:
      request.baseline === undefined ? undefined : (await readResult(request.baseline, reports)).result,
  };
}

/** Sweeps what dead runs left, under the lock. Returns what stands in the way: a living run, or a fault that stays. */
async function clearWay(parts: Parts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { environment, stateFolder, owner, logger } = parts;
  let lock;
  try {
    lock = await lockEnvironment(stateFolder, environment.name, owner);
  } catch (thrown) {
    if (!(thrown instanceof PlimsollError) || thrown.code !== 'NOT_READY') throw thrown;
    return [{ severity: 'stop', code: 'environment-in-use', message: thrown.message, remedy: thrown.remedy }];
  }
  try {
    const swept = await sweepDeadRuns({ stateFolder, environment }, signal);
    for (const { runId, what, status, detail } of swept) {
      if (status !== 'already-gone') logger.warn(`left by run ${runId}: ${what}: ${detail}`);
    }
    return swept
      .filter(({ status }) => status === 'left')
      .map(({ runId, what, detail }) => ({
        severity: 'stop',
        code: 'left-over',
        message: `what run ${runId} left is still there: ${what}: ${detail}`,
        remedy: 'remove it by hand, then run again; plimsoll sweep tells whether it is gone',
      }));
  } finally {
    await lock.release();
  }
}

async function execute(
  plan: Plan,
  parts: Parts,
  observer: RunObserver,
  interrupt: AbortSignal,
): Promise<StoredRun> {
  const { environment, journal, owner, stateFolder, reports, temporaryFolder, clock } = parts;
  const lock = await lockEnvironment(stateFolder, environment.name, owner);
  let tapeFile: TapeFile | undefined;
  try {
    const folder = await openRunFolder(reports, plan.experiment.name, plan.runId);
    await journal.begin({
      runId: plan.runId,
      experiment: plan.experiment.name,
      environment: environment.name,
      owner,
      startedAt: new Date(clock.wallMs()).toISOString(),
      temporaryFolders: [temporaryFolder],
    });
    await mkdir(temporaryFolder, { mode: 0o700 });
    tapeFile = createTapeFile(join(folder, TAPE_FILE), plan.runId);
    const { record, measurements } = await runExperiment(plan, { ...parts, observer, tapeFile }, interrupt);
    await rm(temporaryFolder, { recursive: true, force: true });
    const { baseline } = parts;
    const result = judgeResult(buildResult(plan, record, measurements, versions()), plan.sla, {
      measurements,
      ...(baseline === undefined ? {} : { baseline: measurementsFromDocument(baseline) }),
    });
    // A fault that may be live, or a process that could not be ended, is for `sweep`: its journal stays.
    if (result.run.exitCode !== EXIT.faultMayBeLive) await journal.close();
    await storeResult(folder, result, tmpdir());
    return { result, folder };
  } finally {
    await tapeFile?.close();
    await lock.release();
  }
}

function versions(): Result['versions'] {
  return {
    plimsoll: plimsollVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpus: cpus().length,
  };
}
