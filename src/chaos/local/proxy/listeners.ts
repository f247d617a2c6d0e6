import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { messageOf, PlimsollError } from '../../../shared/errors.js';
import type { ProxyService } from './proxy-handle.js';

export interface Listeners {
  /** Listens for exactly these. Rejects with NOT_READY, and with nothing newly open, where a port cannot be had. */
  set(services: readonly ProxyService[]): Promise<void>;
  close(): void;
}

export interface ListenerEvents {
  connection(service: string, client: Socket): void;
  /** The system could not accept a connection, for want of descriptors. */
  dropped(service: string): void;
}

const BACKLOG = 1024;

export function createListeners(events: ListenerEvents): Listeners {
  const open = new Map<number, Server>();
  let serviceOf = new Map<number, string>();

  async function listen({ name, port }: ProxyService): Promise<readonly [number, Server]> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const service = serviceOf.get(port);
      if (service === undefined) client.resetAndDestroy();
      else events.connection(service, client);
    });
    server.listen({ host: '127.0.0.1', port, backlog: BACKLOG });
    try {
      await once(server, 'listening');
    } catch (error) {
      throw cannotListen(name, port, error);
    }
    server.on('error', () => {
      events.dropped(serviceOf.get(port) ?? name);
    });
    return [port, server];
  }

  return {
    async set(services) {
      const wanted = namesByPort(services);
      const fresh = services.filter(({ port }) => !open.has(port));
      const outcomes = await Promise.allSettled(fresh.map(listen));
      const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) {
        for (const [, server] of opened) server.close();
        throw failed.reason;
      }
      for (const [port, server] of opened) open.set(port, server);
      for (const [port, server] of open) {
        if (wanted.has(port)) continue;
        server.close();
        open.delete(port);
      }
      serviceOf = wanted;
    },
    close() {
      for (const server of open.values()) server.close();
      open.clear();
    },
  };
}

function namesByPort(services: readonly ProxyService[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const { name, port } of services) {
    const other = names.get(port);
    if (other !== undefined) {
      throw new PlimsollError('NOT_READY', `the services ${other} and ${name} both want port ${port}`, {
        remedy: 'give one of them another port in plimsoll.yaml',
      });
    }
    names.set(port, name);
  }
  return names;
}

function cannotListen(service: string, port: number, cause: unknown): PlimsollError {
  const { code } = cause as NodeJS.ErrnoException;
  const another = `give the service ${service} another port in plimsoll.yaml`;
  if (code === 'EADDRINUSE') {
    return new PlimsollError('NOT_READY', `port ${port} of the service ${service} is in use`, {
      remedy: `end what listens there (find it with: lsof -nP -iTCP:${port} -sTCP:LISTEN), or ${another}`,
      cause,
    });
  }
  const reason = code === 'EACCES' ? 'this user may not' : messageOf(cause);
  return new PlimsollError(
    'NOT_READY',
    `cannot listen on port ${port} of the service ${service}: ${reason}`,
    {
      remedy: code === 'EACCES' ? `${another}, 1024 or above` : another,
      cause,
    },
  );
}
