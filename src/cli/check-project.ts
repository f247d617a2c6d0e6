import { dirname, join, resolve } from 'node:path';
import type { ClusterExamination } from '../chaos/chaos-mesh/examine/examine-cluster.js';
import { findDeadRuns } from '../experiments/find-dead-runs.js';
import { loadConfig } from '../experiments/load-file.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import type { Check } from '../shared/check.js';
import { PlimsollError } from '../shared/errors.js';
import type { CliContext } from './cli-context.js';
import { checkEnvironment, preflightEnvironment } from './check-environment.js';
import { configFor } from './config-for.js';
import { chooseEnvironment } from './create-environment.js';
import { displayPath } from './display-path.js';

/**
 * What the project in the working folder has: its config, each environment, and what dead runs left. Where an
 * environment is named, that one alone and in depth.
 */
export async function checkProject(
  named: string | undefined,
  environment: string | undefined,
  context: CliContext,
): Promise<ClusterExamination> {
  let path: string;
  try {
    path = await configFor(named, context.cwd);
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    // Who asks for an environment cannot do without a config.
    const status = environment === undefined ? 'missing' : 'problem';
    return only({ name: 'config', status, detail: error.message, remedy: error.remedy });
  }
  const shown = displayPath(path, context.cwd);
  const loaded = await loadConfig(path);
  if (!loaded.ok) {
    const { line = 0, message = '' } = loaded.problems[0] ?? {};
    const place = line === 0 ? shown : `${shown}:${line}`;
    const remedy = `plimsoll validate ${shown}`;
    return only({ name: 'config', status: 'problem', detail: `${place}: ${message}`, remedy });
  }
  const config = { document: loaded.document, path };
  const { checks, rights } =
    environment === undefined
      ? { checks: await preflightAll(config, context), rights: [] }
      : await checkEnvironment(config, chooseEnvironment(config, environment), context);
  return {
    checks: [
      { name: 'config', status: 'ok', detail: shown, remedy: '' },
      ...checks,
      ...(await checkLeftovers(join(dirname(resolve(path)), '.plimsoll'))),
    ],
    rights,
  };
}

function only(check: Check): ClusterExamination {
  return { checks: [check], rights: [] };
}

async function preflightAll(
  config: { readonly document: ConfigDocument; readonly path: string },
  context: CliContext,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const name of Object.keys(config.document.environments))
    checks.push(...(await preflightEnvironment(config, name, context)));
  return checks;
}

async function checkLeftovers(stateFolder: string): Promise<readonly Check[]> {
  const { dead, living, unreadable } = await findDeadRuns(stateFolder);
  const checks: Check[] = dead.map(({ runId, environment }) => ({
    name: 'leftovers',
    status: 'problem',
    detail: `run ${runId} in ${environment} died, and may have left processes and a fault`,
    remedy: 'plimsoll sweep (the next run does so too)',
  }));
  for (const path of unreadable) {
    checks.push({
      name: 'leftovers',
      status: 'problem',
      detail: `${path} cannot be read as a journal`,
      remedy: 'look at it, and remove it by hand',
    });
  }
  for (const { runId, environment } of living) {
    checks.push({ name: 'runs', status: 'ok', detail: `run ${runId} goes on in ${environment}`, remedy: '' });
  }
  return checks.length === 0 ? [{ name: 'leftovers', status: 'ok', detail: 'none', remedy: '' }] : checks;
}
