import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ProxyHandle, ProxyOptions, ProxyReplica } from '../../src/chaos/local/proxy/proxy-handle.js';
import type { ProxyFault, ProxyRule } from '../../src/chaos/local/proxy/proxy-rule.js';
import type { RuleDose } from '../../src/chaos/local/proxy/proxy-stats.js';
import { startProxy } from '../../src/chaos/local/proxy/start-proxy.js';
import { freePort } from './free-port.js';
import { realClock } from './real-clock.js';

/** A real proxy process in front of servers of the test, and clients of it. */
export interface ProxyWorld {
  readonly proxy: ProxyHandle;
  /** Where the proxy listens for the service `orders`. */
  readonly port: number;
  /** A replica, ready, whose connections are given to the handler. */
  replica(id: string, handle: (socket: Socket) => void): Promise<ProxyReplica>;
  /** A client of the service, connected. */
  client(): Promise<TestClient>;
  end(): Promise<void>;
}

export interface TestClient {
  readonly socket: Socket;
  /** What it has received, as text. */
  received(): string;
  /** How it ended, if it did. */
  ended(): 'open' | 'end' | 'reset';
}

export async function createProxyWorld(options: Partial<ProxyOptions> = {}): Promise<ProxyWorld> {
  const proxy = await startProxy({ clock: realClock, deadlineMs: 20_000, ...options });
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const port = await freePort();
  await proxy.setServices([{ name: 'orders', port }]);
  return {
    proxy,
    port,
    async replica(id, handle) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        handle(socket);
      });
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port: own } = server.address() as AddressInfo;
      return { id, uid: `${id}-${own}`, host: '127.0.0.1', port: own, ready: true };
    },
    async client() {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
      sockets.add(socket);
      let received = '';
      let ended: 'open' | 'end' | 'reset' = 'open';
      socket.on('data', (bytes) => (received += bytes.toString('latin1')));
      socket.on('end', () => (ended = 'end'));
      socket.on('error', () => (ended = 'reset'));
      await new Promise((resolve) => {
        socket.once('connect', resolve);
        socket.once('close', resolve);
      });
      return { socket, received: () => received, ended: () => ended };
    },
    async end() {
      await proxy.stop();
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}

/** Answers what it is sent with its name and that. */
export function echo(name: string): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', (bytes) => socket.write(`${name}:${bytes.toString('latin1')};`));
    socket.on('end', () => socket.end(`${name} saw the end`));
  };
}

export function aRule(fault: ProxyFault, ...replicas: readonly ProxyReplica[]): ProxyRule {
  return { id: fault.type, replicaUids: replicas.map(({ uid }) => uid), fault };
}

/** The dose of the type that the test set on the replica. */
export async function doseOf<T extends RuleDose['type']>(
  proxy: ProxyHandle,
  type: T,
  replica: ProxyReplica,
): Promise<Extract<RuleDose, { type: T }>> {
  const { doses } = await proxy.stats();
  const dose = doses.find((other) => other.type === type && other.replicaUid === replica.uid);
  if (dose === undefined) throw new Error(`there is no dose of ${type} on ${replica.id}`);
  return dose as Extract<RuleDose, { type: T }>;
}
