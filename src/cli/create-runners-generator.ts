import { createClusterClient } from '../chaos/chaos-mesh/create-cluster-client.js';
import type { K6Binary } from '../bench/k6/find-k6.js';
import type { LoadGenerator } from '../bench/load-generator.js';
import { createK6PodsGenerator } from '../bench/runners/k6-pods-generator.js';
import { RUNNER_LABELS, type RunnersConfig } from '../bench/runners/runner-config.js';
import type { RunnerPlace } from '../chaos/chaos-mesh/check-runners.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import type { ExperimentDocument } from '../experiments/experiment-schema.js';
import { servicesNamedIn } from '../experiments/resolve-templates.js';
import type { Logger } from '../shared/logger.js';
import type { Clock } from '../shared/time.js';
import { RUNNER_ENGINES } from './runner-engines.js';

type EnvironmentDocument = ConfigDocument['environments'][string];
export type ClusterDocument = Extract<EnvironmentDocument, { driver: 'kubernetes' }>;

/** The pods that an experiment asks for; undefined where it asks for none. */
export function runnersIn({ k6, http }: ExperimentDocument['load']): number | undefined {
  return k6?.runners ?? http?.runners;
}

/** How an environment runs them. */
export function runnersConfigOf({ runners, namespace }: ClusterDocument): RunnersConfig {
  const { requests, limits } = runners.resources;
  return {
    ...runners,
    namespace: runners.namespace ?? namespace,
    resources: {
      ...(requests === undefined ? {} : { requests }),
      ...(limits === undefined ? {} : { limits }),
    },
  };
}

/** Where the pods of a load will be; undefined where there are none. */
export function runnerPlaceOf(
  load: ExperimentDocument['load'],
  environment: EnvironmentDocument | undefined,
): RunnerPlace | undefined {
  if (environment?.driver !== 'kubernetes' || runnersIn(load) === undefined) return undefined;
  const { engine, namespace, labels } = runnersConfigOf(environment);
  return {
    namespace,
    labels: {
      ...labels,
      ...RUNNER_ENGINES[engine].podLabels,
      ...RUNNER_LABELS,
      'app.kubernetes.io/managed-by': 'plimsoll',
    },
    services: servicesNamedIn(load),
  };
}

/** The adapter of a load that pods make. */
export async function createRunnersGenerator(
  runners: number,
  environment: ClusterDocument,
  parts: {
    readonly binary: K6Binary;
    readonly configFolder: string;
    readonly runId: string;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly logsFolder: string;
  },
): Promise<LoadGenerator> {
  const client = await createClusterClient(environment, parts.configFolder);
  const config = runnersConfigOf(environment);
  return createK6PodsGenerator({ ...parts, engine: RUNNER_ENGINES[config.engine], client, runners, config });
}
