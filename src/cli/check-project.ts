import { dirname, join, resolve } from 'node:path';
import { findDeadRuns } from '../experiments/find-dead-runs.js';
import { loadConfig } from '../experiments/load-file.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { PlimsollError } from '../shared/errors.js';
import type { Check } from './check-machine.js';
import type { CliContext } from './cli-context.js';
import { checkPrometheus } from './check-prometheus.js';
import { configFor } from './config-for.js';
import { createIdleEnvironment } from './create-idle-environment.js';
import { displayPath } from './display-path.js';

/** What the project in the working folder has: its config, each environment, and what dead runs left. */
export async function checkProject(
  named: string | undefined,
  context: CliContext,
): Promise<readonly Check[]> {
  let path: string;
  try {
    path = await configFor(named, context.cwd);
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    return [{ name: 'config', status: 'missing', detail: error.message, remedy: error.remedy }];
  }
  const shown = displayPath(path, context.cwd);
  const loaded = await loadConfig(path);
  if (!loaded.ok) {
    const { line = 0, message = '' } = loaded.problems[0] ?? {};
    const place = line === 0 ? shown : `${shown}:${line}`;
    return [
      {
        name: 'config',
        status: 'problem',
        detail: `${place}: ${message}`,
        remedy: `plimsoll validate ${shown}`,
      },
    ];
  }
  const names = Object.keys(loaded.document.environments);
  const environments: Check[] = [];
  for (const name of names)
    environments.push(...(await checkEnvironment(loaded.document, path, name, context)));
  return [
    { name: 'config', status: 'ok', detail: shown, remedy: '' },
    ...environments,
    ...(await checkLeftovers(join(dirname(resolve(path)), '.plimsoll'))),
  ];
}

async function checkEnvironment(
  document: ConfigDocument,
  configPath: string,
  name: string,
  context: CliContext,
): Promise<readonly Check[]> {
  const environment = await createIdleEnvironment({ document, path: configPath }, name, context);
  const config = { document, path: configPath };
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
