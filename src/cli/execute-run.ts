import { mkdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadGenerator } from '../bench/load-generator.js';
import { createShelfFile, SHELF_FILE, type ShelfFile } from '../bench/create-shelf-file.js';
import { createTapeFile, type TapeFile } from '../bench/tape-file/create-tape-file.js';
import { createSampleFile, type SampleFile, SAMPLES_FILE } from '../bench/samples/create-sample-file.js';
import { TAPE_FILE } from '../bench/tape-file/read-tape.js';
import type { Environment } from '../chaos/environment.js';
import { buildResult } from '../experiments/build-result.js';
import type { Journal } from '../experiments/journal.js';
import { createHaltSwitch } from '../experiments/halt-switch.js';
import { baselineOf, judgeResult } from '../experiments/judge-result.js';
import { lockEnvironment, type LockOwner } from '../experiments/lock-environment.js';
import { openRunFolder } from '../experiments/open-run-folder.js';
import type { Plan } from '../experiments/plan.js';
import type { Result } from '../experiments/result-schema.js';
import { runExperiment } from '../experiments/run-experiment.js';
import type { RunObserver } from '../experiments/run-observer.js';
import { storeResult } from '../experiments/store-result.js';
import type { MetricSource } from '../observe/metric-source.js';
import { EXIT } from '../shared/exit.js';
import type { Logger } from '../shared/logger.js';
import type { RunEvent } from '../shared/run-event.js';
import type { Clock, DurationMs } from '../shared/time.js';
import { readCpuWaitMs } from './read-cpu-wait.js';
import { plimsollVersion } from './plimsoll-version.js';

export interface StoredRun {
  readonly result: Result;
  readonly folder: string;
}

/** Everything that one run is made of. */
export interface RunAssembly {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: Environment;
  readonly generator: LoadGenerator;
  readonly journal: Journal;
  readonly owner: LockOwner;
  readonly stateFolder: string;
  readonly reports: string;
  readonly temporaryFolder: string;
  readonly onEnvironmentEvent: (listener: (event: RunEvent) => void) => () => void;
  readonly metrics: MetricSource | undefined;
  readonly baseline: Result | undefined;
  readonly maxDurationMs: DurationMs | undefined;
  readonly keepSamples: boolean;
}

/**
 * Carries a plan out under the lock of its environment, judges it and stores its result.
 *
 * @param interrupt aborts with the name of the signal that interrupts the run
 */
export async function executeRun(
  plan: Plan,
  parts: RunAssembly,
  observer: RunObserver,
  interrupt: AbortSignal,
): Promise<StoredRun> {
  const { environment, journal, owner, stateFolder, reports, temporaryFolder, clock } = parts;
  const lock = await lockEnvironment(stateFolder, environment.name, owner);
  let tapeFile: TapeFile | undefined;
  let sampleFile: SampleFile | undefined;
  let shelfFile: ShelfFile | undefined;
  try {
    const folder = await openRunFolder(reports, plan.experiment.name, plan.runId);
    await journal.begin({
      runId: plan.runId,
      experiment: plan.experiment.name,
      environment: environment.name,
      owner,
      startedAt: new Date(clock.wallMs()).toISOString(),
      temporaryFolders: [temporaryFolder],
      faultKinds: [...new Set(plan.faults.map(({ manifest }) => manifest.kind))],
    });
    await mkdir(temporaryFolder, { mode: 0o700 });
    tapeFile = createTapeFile(join(folder, TAPE_FILE), plan.runId);
    shelfFile = createShelfFile(join(folder, SHELF_FILE));
    if (parts.keepSamples) sampleFile = createSampleFile(join(folder, SAMPLES_FILE), plan.runId);
    const { maxDurationMs, metrics } = parts;
    const baseline = parts.baseline === undefined ? {} : baselineOf(parts.baseline);
    const { halt } = plan.guards;
    const { record, measurements } = await runExperiment(
      plan,
      {
        clock,
        environment,
        generator: parts.generator,
        journal,
        observer,
        onEnvironmentEvent: parts.onEnvironmentEvent,
        cpuWaitMs: () => readCpuWaitMs(),
        tapeFile,
        shelf: shelfFile.shelf,
        ...(metrics === undefined ? {} : { metrics }),
        ...(sampleFile === undefined ? {} : { sampleFile }),
        ...(halt === undefined ? {} : { halt: createHaltSwitch(halt) }),
        ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
        ...baseline,
      },
      interrupt,
    );
    const result = judgeResult(buildResult(plan, record, measurements, versions()), plan.sla, {
      measurements,
      ...baseline,
    });
    // A fault that may be live, or a process that could not be ended, is for `sweep`: its journal stays.
    if (result.run.exitCode !== EXIT.faultMayBeLive) await journal.close();
    await storeResult(folder, result, tmpdir());
    return { result, folder };
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
    await tapeFile?.close();
    await sampleFile?.close();
    await shelfFile?.close();
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
