import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client, type buildConnector, type Dispatcher } from 'undici';

/** One keep-alive connection to one origin, opened when it is first needed and again after it broke. */
export interface Connection {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Cuts the connection off, even while it is being opened. The next dispatch opens another. */
  abandon(): void;
}

export function openConnection(origin: string): Connection {
  let client: Client | undefined;
  let connecting: Socket | undefined;

  // An own connector, since undici's keeps the socket to itself: a connection attempt into a black hole has to end
  // when its request is given up, not when a timer of undici's runs out.
  const connector: buildConnector.connector = (options, callback) => {
    const socket = openSocket(options);
    connecting = socket;
    socket.setNoDelay(true);
    const settle = (error: Error | undefined): void => {
      if (connecting === socket) connecting = undefined;
      if (error) callback(error, null);
      else callback(null, socket);
    };
    let settled = false;
    socket.once(options.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      settled = true;
      settle(undefined);
    });
    // Stays for the socket's whole life: undici listens too, but only while the socket is its own.
    socket.on('error', (error) => {
      if (settled) return;
      settled = true;
      settle(error);
    });
  };

  return {
    dispatch: (options, handler) => {
      client ??= new Client(origin, { connect: connector, pipelining: 1 });
      client.dispatch(options, handler);
    },
    abandon: () => {
      const abandoned = client;
      client = undefined;
      connecting?.destroy();
      connecting = undefined;
      // It rejects nothing that matters: the requests on it have been given up.
      abandoned?.destroy().catch(() => undefined);
    },
  };
}

function openSocket(options: buildConnector.Options): Socket {
  const host = options.hostname;
  if (options.protocol !== 'https:') return connectTcp({ host, port: Number(options.port || 80) });
  const servername = options.servername ?? (isIP(host) ? '' : host);
  return connectTls({ host, port: Number(options.port || 443), servername, ALPNProtocols: ['http/1.1'] });
}
