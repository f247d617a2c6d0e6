import { buildRoles, type Subject } from '../../chaos/chaos-mesh/build-role.js';
import type { ClusterConfig } from '../../chaos/chaos-mesh/cluster-config.js';
import type { PlannedFault } from '../../chaos/fault-injector.js';
import { formatProblems } from '../../experiments/format-problems.js';
import { formatYaml } from '../../experiments/format-yaml.js';
import { loadConfig, loadExperiment } from '../../experiments/load-file.js';
import { planFaults } from '../../experiments/plan-faults.js';
import { selectExperiments } from '../../experiments/select-experiments.js';
import { PlimsollError } from '../../shared/errors.js';
import { EXIT } from '../../shared/exit.js';
import type { Right } from '../../shared/kubernetes/right.js';
import type { CliContext } from '../cli-context.js';
import { configFor } from '../config-for.js';
import { chooseEnvironment } from '../create-environment.js';
import { runnersConfigOf, runnersIn } from '../create-runners-generator.js';
import { parseSelector } from '../parse-selector.js';
import { RUNNER_ENGINES } from '../runner-engines.js';

export interface RbacOptions {
  readonly environment?: string;
  readonly config?: string;
  readonly selector?: readonly string[];
  /** `namespace/name` */
  readonly serviceAccount?: string;
  readonly user?: string;
  readonly name: string;
}

/** Prints the least Roles and RoleBindings that experiments need on a cluster. Asks no cluster. */
export async function rbac(
  paths: readonly string[],
  options: RbacOptions,
  context: CliContext,
): Promise<number> {
  const { out, err } = context.terminal;
  const configPath = await configFor(options.config, context.cwd);
  const [selected, config] = await Promise.all([
    selectExperiments(paths, parseSelector(options.selector ?? [])),
    loadConfig(configPath),
  ]);
  if (!selected.ok || !config.ok) {
    const problems = [selected, config].flatMap((each) => (each.ok ? [] : each.problems));
    err.write(formatProblems(problems, err));
    return EXIT.usage;
  }
  const name = chooseEnvironment(config, options.environment);
  const environment = config.document.environments[name];
  if (environment?.driver !== 'kubernetes') {
    throw new PlimsollError(
      'USAGE',
      `environment "${name}" is no cluster: nobody has to grant anything there`,
      {
        remedy: 'name an environment with driver: kubernetes by --environment',
      },
    );
  }
  const faults: PlannedFault[] = [];
  const ofLoads: Right[] = [];
  for (const { path } of selected.experiments) {
    const loaded = await loadExperiment(path);
    if (!loaded.ok) continue;
    faults.push(...planFaults(loaded.document, 'any-run'));
    if (runnersIn(loaded.document.load) !== undefined) {
      const { engine, namespace } = runnersConfigOf(environment);
      ofLoads.push(...RUNNER_ENGINES[engine].rights(namespace));
    }
  }
  const subject = subjectOf(options, environment);
  out.write(formatYaml(buildRoles(faults, environment, options.name, subject, ofLoads)));
  return EXIT.pass;
}

/** Whom the rights are for: the one that is named, else whom the environment impersonates. */
function subjectOf({ serviceAccount, user, name }: RbacOptions, config: ClusterConfig): Subject {
  if (serviceAccount !== undefined) return accountOf(serviceAccount, '/');
  const who = user ?? config.impersonate?.user;
  if (who === undefined) return { kind: 'ServiceAccount', namespace: config.namespace, name };
  const prefix = 'system:serviceaccount:';
  return who.startsWith(prefix) ? accountOf(who.slice(prefix.length), ':') : { kind: 'User', name: who };
}

function accountOf(text: string, separator: string): Subject {
  const [namespace = '', name = '', ...rest] = text.split(separator);
  if (namespace === '' || name === '' || rest.length > 0) {
    throw new PlimsollError('USAGE', `cannot read the service account "${text}"`, {
      remedy: 'write it like shop/plimsoll: its namespace and its name',
    });
  }
  return { kind: 'ServiceAccount', namespace, name };
}
