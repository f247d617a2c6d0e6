import { mkdir } from 'node:fs/promises';
import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import type { Logger } from '../../shared/logger.js';
import type { RunEvent } from '../../shared/run-event.js';
import { runMarker } from '../../shared/run-marker.js';
import type { RunRecorder } from '../../shared/run-recorder.js';
import type { Clock } from '../../shared/time.js';
import type { Environment, ServiceDescription } from '../environment.js';
import { createLocalInjector } from './faults/create-local-injector.js';
import type { Place } from './faults/local-world.js';
import { createProxyRules } from './faults/proxy-rules.js';
import { listPlaces } from './list-places.js';
import { isManaged, type LocalConfig } from './local-config.js';
import { parseAddress } from './parse-address.js';
import { preflightServices } from './preflight-services.js';
import type { ProxyHandle, ProxyOptions } from './proxy/proxy-handle.js';
import { startProxy } from './proxy/start-proxy.js';
import { createProxySlot } from './proxy-slot.js';
import { recordProcess } from './record-process.js';
import { runTogether } from './run-together.js';
import { createReplicaRoster } from './services/replica-roster.js';
import { takeDown } from './take-down.js';

export interface LocalEnvironmentOptions {
  readonly name: string;
  readonly config: LocalConfig;
  /** Absolute: what the paths of the config are relative to. */
  readonly configFolder: string;
  readonly runId: string;
  /** Made when the environment starts. */
  readonly logsFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder: RunRecorder;
  readonly onEvent: (event: RunEvent) => void;
  /** PATH: where commands and stress-ng are looked for. */
  readonly searchPath: string;
  /** Only tests need another. */
  readonly startProxy?: (options: ProxyOptions) => Promise<ProxyHandle>;
}

/** The processes and ports of this machine as a place to run an experiment in. Nothing is started before start(). */
export function createLocalEnvironment(options: LocalEnvironmentOptions): Environment {
  const { name, config, configFolder, logsFolder, searchPath, clock, logger, recorder, runId } = options;
  const proxy = createProxySlot();
  const roster = createReplicaRoster(proxy, logger);
  const closing = new AbortController();
  let fail: (finding: Finding) => void = () => undefined;
  const failed = new Promise<Finding>((resolve) => {
    fail = resolve;
  });
  let started: Promise<void> = Promise.resolve();
  let closed: Promise<readonly Finding[]> = Promise.resolve([]);
  const report = (kind: string, message: string, target?: string): void => {
    options.onEvent({ atMs: clock.nowMs(), kind, message, ...(target === undefined ? {} : { target }) });
  };
  const places = listPlaces(
    config,
    { config: configFolder, logs: logsFolder },
    { runId, clock, recorder, roster, onEvent: options.onEvent },
  );
  const injector = createLocalInjector({
    ...{ runId, clock, recorder, places, proxy, rules: createProxyRules(proxy) },
    ...{ stressLimits: config.stress, searchPath },
  });

  async function start(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, closing.signal]);
    try {
      either.throwIfAborted();
      await makeFolder(logsFolder);
      await bringUpProxy();
      const starts = Object.keys(config.services).map(
        (service) => (calledOff: AbortSignal) => startService(service, calledOff),
      );
      await runTogether(starts, either);
      if (proxy.state.status === 'gone') {
        throw new PlimsollError('NOT_READY', `the fault proxy ${proxy.state.how} during the start`);
      }
    } catch (error) {
      const wasCalledOff = either.aborted;
      const left = await close();
      const remains = left.map(({ message, remedy }) => `\n${message}: ${remedy}`).join('');
      if (!wasCalledOff && !(error instanceof PlimsollError)) throw error;
      const reason = wasCalledOff
        ? `the start was called off: ${messageOf(either.reason)}`
        : messageOf(error);
      throw new PlimsollError('NOT_READY', `${reason}${remains}`, {
        remedy: !wasCalledOff && error instanceof PlimsollError ? error.remedy : '',
        cause: error,
      });
    }
  }

  async function bringUpProxy(): Promise<void> {
    const handle = await (options.startProxy ?? startProxy)({
      clock,
      env: runMarker(runId),
      onSpawn: (pid) => recordProcess(recorder, { pid, role: 'fault proxy', group: true }),
    });
    proxy.fill(handle);
    void handle.exited.then(() => {
      if (closing.signal.aborted || proxy.state.status !== 'gone') return;
      const { how } = proxy.state;
      const message = `the fault proxy ${how}: no service can be reached, and network faults are gone`;
      report('proxy-exited', message);
      fail({ severity: 'stop', code: 'proxy-exited', message, remedy: 'Run it again.' });
    });
    await handle.setServices(
      Object.entries(config.services).map(([service, { port }]) => ({ name: service, port })),
    );
  }

  async function startService(service: string, signal: AbortSignal): Promise<void> {
    const own = places.filter((place) => place.service === service);
    await runTogether(
      own.map((place) => (calledOff) => startPlace(place, calledOff)),
      signal,
    );
    const [first] = own;
    if (first === undefined) return;
    const what =
      first.kind === 'replica'
        ? `${own.length} of ${own.length} replicas are ready`
        : `${first.address} is there`;
    report('service-ready', `${service}: ${what}, behind ${urlOf(first.port)}`, service);
  }

  async function startPlace(place: Place, signal: AbortSignal): Promise<void> {
    if (place.kind === 'replica') await place.replica.start(signal);
    else {
      const { id, service, address } = place;
      await roster.put(service, { id, uid: `${id}#1`, ...parseAddress(address), ready: true });
    }
  }

  /** Calls one after another, since each looks at what the one before has left. */
  function close(): Promise<readonly Finding[]> {
    closing.abort(new PlimsollError('INTERRUPTED', `the environment ${name} is being stopped`));
    return (closed = closed.then(() => takeDown({ places, injector, proxy })));
  }

  return {
    name,
    driver: 'local',
    services: Object.entries(config.services).map(([service, settings]): ServiceDescription => ({
      ...{ name: service, url: urlOf(settings.port), labels: settings.labels },
      replicas: isManaged(settings) ? settings.replicas : 0,
    })),
    injector,
    preflight: (signal) => preflightServices(config, configFolder, searchPath, signal),
    start: (signal) => (started = start(signal)),
    failed,
    async stop() {
      closing.abort(new PlimsollError('INTERRUPTED', `the environment ${name} is being stopped`));
      await started.catch(() => undefined); // its caller is told
      return await close();
    },
  };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new PlimsollError('NOT_READY', `the folder for the logs cannot be made: ${messageOf(error)}`, {
      remedy: 'Free some space, or write the reports to another folder.',
      cause: error,
    });
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
