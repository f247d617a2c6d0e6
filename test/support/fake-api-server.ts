import http from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient } from '../../src/shared/kubernetes/create-kube-client.js';
import type { KubeClient } from '../../src/shared/kubernetes/kube-client.js';

export interface FakeApiServer {
  readonly client: KubeClient;
  /** The path of a kubeconfig that leads to it. */
  readonly kubeconfig: string;
  /** `GET /api/v1/pods?watch=true` of each request so far. */
  readonly requests: string[];
  /** Headers and body of the last request. */
  readonly last: { headers: http.IncomingHttpHeaders; body: string };
  close(): Promise<void>;
}

/** What the server does with a web socket that somebody opens. */
type Upgrader = (request: string, socket: Duplex, headers: http.IncomingHttpHeaders) => void;
type Handler = (request: string, response: http.ServerResponse, body: string) => void;

/** A server that answers as an API server could, over real HTTP. */
export async function openFakeApiServer(
  handle: Handler,
  impersonate?: { readonly user: string; readonly groups: readonly string[] },
  upgrade?: Upgrader,
): Promise<FakeApiServer> {
  const requests: string[] = [];
  const last: FakeApiServer['last'] = { headers: {}, body: '' };
  const server = http.createServer((incoming, response) => {
    const request = `${incoming.method ?? ''} ${decodeURIComponent(incoming.url ?? '')}`;
    let body = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      requests.push(request);
      Object.assign(last, { headers: incoming.headers, body });
      handle(request, response, body);
    });
  });
  const sockets = new Set<Duplex>();
  if (upgrade !== undefined) {
    server.on('upgrade', (incoming, socket) => {
      const request = `${incoming.method ?? ''} ${decodeURIComponent(incoming.url ?? '')}`;
      requests.push(request);
      Object.assign(last, { headers: incoming.headers, body: '' });
      sockets.add(socket);
      socket.on('error', () => undefined);
      upgrade(request, socket, incoming.headers);
    });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'fake', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'fake', user: { token: 'a-token' } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
      'current-context': 'fake',
    }),
  );
  const client = await createKubeClient({
    kubeconfig,
    ...(impersonate === undefined ? {} : { impersonate }),
  });
  return {
    client,
    kubeconfig,
    requests,
    last,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function answer(response: http.ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Events of a watch, which stays open. */
export function stream(response: http.ServerResponse, ...events: readonly unknown[]): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
  for (const event of events) response.write(`${JSON.stringify(event)}\n`);
}
