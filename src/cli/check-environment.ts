import { dirname, join, resolve } from 'node:path';
import { createClusterClient } from '../chaos/chaos-mesh/create-cluster-client.js';
import { examineCluster, type ClusterExamination } from '../chaos/chaos-mesh/examine/examine-cluster.js';
import { checkOf } from '../chaos/chaos-mesh/examine/make-check.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { findDeadRuns } from '../experiments/find-dead-runs.js';
import type { Check } from '../shared/check.js';
import { PlimsollError } from '../shared/errors.js';
import type { KubeClient } from '../shared/kubernetes/kube-client.js';
import { KubeError } from '../shared/kubernetes/kube-error.js';
import { checkPrometheus } from './check-prometheus.js';
import type { CliContext } from './cli-context.js';
import { runnersConfigOf, type ClusterDocument } from './create-runners-generator.js';
import { createIdleEnvironment } from './create-idle-environment.js';
import { RUNNER_ENGINES } from './runner-engines.js';

interface LoadedConfig {
  readonly document: ConfigDocument;
  readonly path: string;
}

/** One environment in depth: everything of its preflight that needs no experiment. */
export async function checkEnvironment(
  config: LoadedConfig,
  name: string,
  context: CliContext,
): Promise<ClusterExamination> {
  const environment = config.document.environments[name];
  if (environment === undefined) throw new Error(`no environment ${name}`);
  return environment.driver === 'local'
    ? { checks: await preflightEnvironment(config, name, context), rights: [] }
    : await checkCluster(config, name, environment, context);
}

/** The findings of its preflight, each as a check; one that is well names its services. */
export async function preflightEnvironment(
  config: LoadedConfig,
  name: string,
  context: CliContext,
): Promise<readonly Check[]> {
  const environment = await createIdleEnvironment(config, name, context);
  const findings = [
    ...(await environment.preflight(context.interrupt)),
    ...(await checkPrometheus(config, environment, context)),
  ];
  const services = environment.services.map((service) => `${service.name} at ${service.url}`).join(', ');
  const label = `environment ${name}`;
  if (findings.length === 0) return [{ name: label, status: 'ok', detail: services, remedy: '' }];
  return findings.map(({ severity, message, remedy }) => ({
    name: label,
    status: severity === 'stop' ? 'problem' : 'missing',
    detail: message,
    remedy,
  }));
}

async function checkCluster(
  loaded: LoadedConfig,
  name: string,
  config: ClusterDocument,
  context: CliContext,
): Promise<ClusterExamination> {
  const { path } = loaded;
  const { clock, interrupt } = context;
  const configFolder = dirname(resolve(path));
  const { living } = await findDeadRuns(join(configFolder, '.plimsoll'));
  try {
    const client = await createClusterClient(config, configFolder);
    const known = living.map(({ runId }) => runId);
    const options = { client, config, clock, environment: name, living: known };
    const { checks, rights } = await examineCluster(options, interrupt);
    const environment = await createIdleEnvironment(loaded, name, context);
    const findings = await checkPrometheus(loaded, environment, context);
    const metrics = findings.map((finding) => checkOf('Prometheus', finding));
    return { checks: [...checks, ...(await checkEngine(client, config, interrupt)), ...metrics], rights };
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    const { message: detail, remedy } = error;
    return { checks: [{ name: 'kubeconfig', status: 'problem', detail, remedy }], rights: [] };
  }
}

/** What makes the pods of a load with runners; nothing where the cluster does not answer, which has been said then. */
async function checkEngine(
  client: KubeClient,
  config: ClusterDocument,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  try {
    const missing = await RUNNER_ENGINES[runnersConfigOf(config).engine].missing(client, signal);
    return missing.map((finding) => checkOf('runners', finding));
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [];
  }
}
