import { createClusterClient } from '../chaos/chaos-mesh/create-cluster-client.js';
import type { Environment } from '../chaos/environment.js';
import { sweepRunners } from '../bench/runners/sweep-runners.js';
import type { Clock } from '../shared/time.js';
import { runnersConfigOf, type ClusterDocument } from './create-runners-generator.js';
import { RUNNER_ENGINES } from './runner-engines.js';

/** An environment whose sweep also takes away what made the load of a run that died. */
export function sweepsRunners(
  environment: Environment,
  config: ClusterDocument,
  { configFolder, clock }: { readonly configFolder: string; readonly clock: Clock },
): Environment {
  const { injector } = environment;
  return {
    ...environment,
    injector: {
      ...injector,
      sweep: async (scope, signal) => {
        const swept = await injector.sweep(scope, signal);
        if (scope.runs.length === 0 && scope.orphans === undefined) return swept;
        const client = await createClusterClient(config, configFolder);
        const { namespace } = runnersConfigOf(config);
        const deadRuns = new Set(scope.runs.map(({ runId }) => runId));
        const { orphans } = scope;
        const sweep = { client, clock, namespace, deadRuns, orphans };
        // The run may have had another engine than the environment has now.
        const ofRunners = await Promise.all(
          Object.values(RUNNER_ENGINES).map((engine) => sweepRunners({ ...sweep, engine }, signal)),
        );
        return [...swept, ...ofRunners.flat()];
      },
    },
  };
}
