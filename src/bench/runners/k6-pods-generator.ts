import { PlimsollError } from '../../shared/errors.js';
import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import type { Logger } from '../../shared/logger.js';
import type { Clock } from '../../shared/time.js';
import type { LoadGenerator } from '../load-generator.js';
import { READS_NOTHING, type LoadReads } from '../load-reads.js';
import { describeK6 } from '../k6/describe-k6.js';
import type { K6Binary } from '../k6/find-k6.js';
import { createInspector, thresholdsOf } from '../k6/inspect-k6.js';
import { k6LoadOf, type K6Load } from '../k6/k6-load.js';
import { preflightK6 } from '../k6/preflight-k6.js';
import { archiveScript, type Archive } from './archive-script.js';
import { runnerCommands } from './build-pod.js';
import { preflightRunners } from './preflight-runners.js';
import type { RunnersConfig } from './runner-config.js';
import type { RunnerEngine, RunnerParts } from './runner-engine.js';
import { startRunners } from './start-runners.js';

export interface K6PodsOptions {
  /** What brings the pods into being. */
  readonly engine: RunnerEngine;
  /** Packs the script; the runners have a k6 of their own. */
  readonly binary: K6Binary;
  readonly client: KubeClient;
  readonly config: RunnersConfig;
  readonly runners: number;
  readonly runId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** It exists when the load starts. */
  readonly logsFolder: string;
}

/** Beyond the longest load: pods have to come up, and rows to be fetched. */
const MARGIN_SECONDS = 900;

/** Runs a load on several k6, each in a pod. */
export function createK6PodsGenerator(options: K6PodsOptions): LoadGenerator {
  const { engine, binary, config, runners, runId } = options;
  const inspect = createInspector(options);
  const image = config.image ?? `grafana/k6:${binary.version}`;
  const partsOf = (load: K6Load): RunnerParts => ({
    ...options,
    name: nameOfRunners(runId),
    reads: readsOf(load),
    image,
    load,
    archive: onceArchived(load, options),
    variables: load.kind === 'k6-script' ? Object.keys(load.env) : [],
    longestSeconds: Math.ceil(load.maxDurationMs / 1000) + MARGIN_SECONDS,
  });
  return {
    describe: (load) => ({
      ...describeK6(k6LoadOf(load), binary, 'runners'),
      runners: {
        count: runners,
        object: `${engine.kind} ${config.namespace}/${nameOfRunners(runId)}`,
        image,
        commands: runnerCommands(runners, readsOf(k6LoadOf(load)), engine.furtherArguments),
      },
    }),
    preflight: async (planned, signal) => {
      const load = k6LoadOf(planned);
      const local = await preflightK6(load, await inspect(planned, signal), signal);
      // A script that k6 refuses cannot be packed either.
      if (local.some(({ severity }) => severity === 'stop')) return local;
      return [...local, ...(await preflightRunners(engine, partsOf(load), signal))];
    },
    thresholds: async (planned, signal) => thresholdsOf(await inspect(planned, signal)),
    start: async (planned, tape, signal) => {
      const load = k6LoadOf(planned);
      const driver = engine.createDriver(partsOf(load));
      if (signal.aborted) {
        throw new PlimsollError('LOAD_FAILED', 'the load was called off before it started', {
          cause: signal.reason,
        });
      }
      return await startRunners({ ...options, driver, reads: readsOf(load) }, tape, signal);
    },
  };
}

function readsOf({ reads }: K6Load): LoadReads {
  return reads ?? READS_NOTHING;
}

/** Of the object that holds all runners of a run. */
export function nameOfRunners(runId: string): string {
  return `k6-${runId}`;
}

function onceArchived(load: K6Load, parts: K6PodsOptions): (signal: AbortSignal) => Promise<Archive> {
  let archived: Promise<Archive> | undefined;
  return (signal) => (archived ??= archiveScript(load, parts, signal));
}
