import type { RunnerPlace } from '../chaos/chaos-mesh/check-runners.js';
import { createClusterEnvironment } from '../chaos/chaos-mesh/create-cluster-environment.js';
import type { Environment } from '../chaos/environment.js';
import { createLocalEnvironment } from '../chaos/local/create-local-environment.js';
import { startProxy } from '../chaos/local/proxy/start-proxy.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { PlimsollError } from '../shared/errors.js';
import { sweepsRunners } from './sweeps-runners.js';
import type { Logger } from '../shared/logger.js';
import { didYouMean } from '../shared/nearest-name.js';
import type { RunEvent } from '../shared/run-event.js';
import type { RunRecorder } from '../shared/run-recorder.js';
import type { Clock, DurationMs } from '../shared/time.js';
import { ownPod } from './own-pod.js';

export interface EnvironmentParts {
  /** The services that the load names; none where there is no load. */
  readonly usedServices?: readonly string[];
  readonly runId: string;
  readonly configFolder: string;
  /** Whether any fault of the run needs it; undefined: it does. */
  readonly usesChaosMesh?: boolean;
  readonly logsFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder: RunRecorder;
  readonly searchPath: string;
  /** The longest that a fault of the run is in, with all that may go wrong. */
  readonly leaseMs: DurationMs;
  readonly recoverDeadlineMs: DurationMs;
  /** Where pods make the load. */
  readonly runners?: RunnerPlace;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * The name of the environment to use.
 * @throws {PlimsollError} USAGE where there is no such environment, or no telling which is meant.
 */
export function chooseEnvironment(
  { document, path }: { readonly document: ConfigDocument; readonly path: string },
  wanted: string | undefined,
): string {
  const names = Object.keys(document.environments);
  const name = wanted ?? document.defaultEnvironment ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    throw new PlimsollError('USAGE', `${path} has several environments and no defaultEnvironment`, {
      remedy: `name one with --environment: ${names.join(', ')}`,
    });
  }
  if (!Object.hasOwn(document.environments, name)) {
    const meant = didYouMean(name, names);
    throw new PlimsollError('USAGE', `${path} has no environment "${name}"${meant}`, {
      remedy: names.length === 0 ? 'write one under environments' : `there is ${names.join(', ')}`,
    });
  }
  return name;
}

/**
 * The adapter of an environment that chooseEnvironment has found.
 * @throws {PlimsollError} NOT_READY where a kubeconfig is of no use.
 */
export async function createEnvironment(
  document: ConfigDocument,
  name: string,
  parts: EnvironmentParts,
  signal: AbortSignal,
): Promise<Environment> {
  const config = document.environments[name];
  if (config === undefined) throw new Error(`no environment ${name}`);
  if (config.driver === 'local') return createLocalEnvironment({ ...parts, name, config, startProxy });
  const options = { ...parts, name, config, ownPod: await ownPod() };
  return sweepsRunners(await createClusterEnvironment(options, signal), config, parts);
}
