import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Finding } from '../../shared/finding.js';
import { findPortHolder } from './find-port-holder.js';
import { findProgram } from '../../shared/find-program.js';
import { isManaged, type ExistingService, type LocalConfig, type ManagedService } from './local-config.js';
import { parseAddress } from './parse-address.js';
import { checkReadiness } from './services/check-readiness.js';
import { tryPort } from './services/free-port.js';

/** Everything that would keep the services from starting, at once. Starts nothing. */
export async function preflightServices(
  config: LocalConfig,
  configFolder: string,
  searchPath: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const services = Object.entries(config.services);
  const findings = await Promise.all(
    services.map(async ([name, service]) => [
      ...(await checkPort(name, service.port)),
      ...(isManaged(service)
        ? await checkCommand(name, service, configFolder, searchPath)
        : await checkExisting(name, service, signal)),
    ]),
  );
  return [...sharedPorts(services.map(([name, { port }]) => ({ name, port }))), ...findings.flat()];
}

function sharedPorts(
  services: readonly { readonly name: string; readonly port: number }[],
): readonly Finding[] {
  return services.flatMap(({ name, port }, index) => {
    const other = services.slice(0, index).find((earlier) => earlier.port === port);
    if (other === undefined) return [];
    return [
      stop(
        'port-given-twice',
        `the services ${other.name} and ${name} have the same port ${port}`,
        'Give one of them another port in plimsoll.yaml.',
      ),
    ];
  });
}

async function checkPort(name: string, port: number): Promise<readonly Finding[]> {
  const state = await tryPort(port);
  if (state === 'free') return [];
  const stable = `port ${port} of 127.0.0.1, the stable port of the service ${name},`;
  if (state.code !== 'EADDRINUSE') {
    return [
      stop('port-refused', `${stable} cannot be had: ${state.code}`, 'Choose another port in plimsoll.yaml.'),
    ];
  }
  const holder = await findPortHolder(port);
  return [
    stop(
      'port-in-use',
      `${stable} is in use${holder === undefined ? '' : ` by ${holder}`}`,
      `End ${holder ?? 'the program that listens on it'}, or choose another port in plimsoll.yaml.`,
    ),
  ];
}

async function checkCommand(
  name: string,
  service: ManagedService,
  configFolder: string,
  searchPath: string,
): Promise<readonly Finding[]> {
  const cwd = resolve(configFolder, service.cwd ?? '.');
  if (!(await isFolder(cwd))) {
    return [
      stop(
        'no-such-folder',
        `the service ${name} is to run in ${cwd}, which is no folder`,
        'Correct its cwd.',
      ),
    ];
  }
  const [word = ''] = service.command;
  const program = await findProgram(word, cwd, service.env.PATH ?? searchPath);
  switch (program.status) {
    case 'found':
      return [];
    case 'not-found':
      return [
        stop(
          'command-not-found',
          `the service ${name}: there is no program ${word} ${word.includes('/') ? `below ${cwd}` : 'on the PATH'}`,
          'Install it, or correct the command of the service in plimsoll.yaml.',
        ),
      ];
    case 'not-executable':
      return [
        stop(
          'command-not-executable',
          `the service ${name}: this user may not execute ${program.path}`,
          `chmod +x '${program.path}'`,
        ),
      ];
  }
}

async function checkExisting(
  name: string,
  service: ExistingService,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const seen = await checkReadiness(parseAddress(service.address), undefined, signal);
  if (seen.status === 'ready') return [];
  return [
    stop(
      'service-not-there',
      `the service ${name} does not answer on ${service.address}: ${seen.answer}`,
      'Start it first, or correct its address in plimsoll.yaml.',
    ),
  ];
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function stop(code: string, message: string, remedy: string): Finding {
  return { severity: 'stop', code, message, remedy };
}
