import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { messageOf } from '../../../shared/errors.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import type { Logger } from '../../../shared/logger.js';
import type { Clock } from '../../../shared/time.js';
import { formatCount } from '../../../shared/units.js';
import { createBalance } from './balance-endpoints.js';
import { joinStreams } from './join-streams.js';
import type { Endpoint } from './endpoint.js';
import { watchEndpoints, type EndpointWatcher, type ServicePort } from './watch-endpoints.js';

/** A port of this machine behind which the pods of a Service answer. */
export interface ServiceForward {
  /** On 127.0.0.1; taken from the beginning, so that the plan can name it. */
  readonly port: number;
  /** Until then connections are refused. Resolves when the pods have been seen; rejects with the signal's reason. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends every connection and frees the port. Never rejects; may be called at any time, and again. */
  stop(): Promise<void>;
}

export interface ServiceForwardOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly of: ServicePort;
  readonly emit: (kind: string, message: string, target?: string) => void;
}

const HOST = '127.0.0.1';

/** Opens the port. It keeps no process alive by itself. */
export async function forwardService(options: ServiceForwardOptions): Promise<ServiceForward> {
  const { client, clock, logger, of, emit } = options;
  const name = `${of.namespace}/${of.service}`;
  const balance = createBalance();
  const live = new Map<Socket, Endpoint | undefined>();
  const used = new Set<string>();
  const told = new Set<string>();
  const ended = new AbortController();
  let opened = 0;
  let failed = 0;
  let watcher: EndpointWatcher | undefined;

  /** Once for each problem of a pod: a pod that is down refuses a hundred times a second. */
  function tell(problem: string, target: string): void {
    if (told.has(`${target} ${problem}`)) return;
    told.add(`${target} ${problem}`);
    emit('forward-failed', `a connection to ${target} was not carried: ${problem}`, target);
  }

  /** Tries one ready pod after another: of those that just died the API server knows nothing yet. */
  async function serve(local: Socket): Promise<void> {
    for (const endpoint of balance.order(watcher?.endpoints() ?? [])) {
      balance.taken(endpoint);
      live.set(local, endpoint);
      try {
        const remote = await client.openPort(endpoint, ended.signal);
        opened += 1;
        used.add(endpoint.uid);
        const problem = await joinStreams(local, remote);
        if (problem === undefined) return;
        failed += 1;
        tell(problem, idOf(endpoint));
        return;
      } catch (error) {
        if (ended.signal.aborted || local.destroyed) return;
        tell(messageOf(error), idOf(endpoint));
      } finally {
        balance.released(endpoint);
      }
    }
    failed += 1;
    tell('no ready pod takes it', name);
    local.resetAndDestroy(); // as the cluster refuses it where a Service has no pod
  }

  const server = createServer({ noDelay: true }, (local) => {
    live.set(local, undefined);
    local.on('error', () => undefined); // its end is told by its close
    local.on('close', () => live.delete(local));
    void serve(local).finally(() => local.destroy());
  });
  await listen(server);

  return {
    port: (server.address() as AddressInfo).port,
    async start(signal) {
      watcher = await watchEndpoints(
        {
          ...{ client, clock, logger, of },
          onChange(endpoints) {
            const there = new Set(endpoints.map(({ uid }) => uid));
            // Not ready is not gone: connections that are open go on, as they do in the cluster.
            for (const [local, endpoint] of live)
              if (endpoint !== undefined && !there.has(endpoint.uid)) local.destroy();
          },
        },
        signal,
      );
    },
    async stop() {
      const isFirst = !ended.signal.aborted;
      ended.abort();
      for (const local of live.keys()) local.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
      await watcher?.stop();
      if (!isFirst || opened + failed === 0) return;
      const lost = failed === 0 ? '' : `; ${formatCount(failed)} found no ready pod, or broke`;
      emit(
        'forward-ended',
        `${formatCount(opened)} connections to ${name} went to ${used.size} pods through the port-forward${lost}`,
      );
    },
  };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  server.unref();
}

function idOf({ namespace, pod }: Endpoint): string {
  return `${namespace}/${pod}`;
}
