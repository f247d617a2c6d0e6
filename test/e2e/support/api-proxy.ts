import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { kubeconfig } from './kubectl.js';

/** Stands between Plimsoll and the API server, and can do what an API server does on a bad day. */
export interface ApiProxy {
  /** A kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /** `GET /api/v1/...` of each request so far. */
  readonly requests: string[];
  /** Cuts every connection, and takes no other until `back()`. */
  away(): void;
  back(): void;
  /** Goes away at the first request that it says so of, which is not carried out. Resolves then. */
  awayAt(of: (request: string) => boolean): Promise<void>;
  /** Requests that it says so of are carried out, but their answer is lost. */
  loseAnswers(of: (request: string) => boolean): void;
  /** Lets the first request that it says so of wait until the work is done. */
  hold(of: (request: string) => boolean, work: () => Promise<void>): void;
  /** Requests that it says so of are refused as if a right were missing. */
  forbid(of: (request: string) => boolean): void;
  /** Moves the clock of the API server. */
  shiftDate(byMs: number): void;
  /** Watches stay open, and nothing more comes through them. */
  silenceWatches(): void;
  close(): Promise<void>;
}

export async function openApiProxy(): Promise<ApiProxy> {
  const real = new KubeConfig();
  if (kubeconfig === undefined) real.loadFromDefault();
  else real.loadFromFile(kubeconfig);
  const target = new URL(real.getCurrentCluster()?.server ?? '');
  const credentials: https.RequestOptions = {};
  await real.applyToHTTPSOptions(credentials);
  const requests: string[] = [];
  let isAway = false;
  let isSilent = false;
  let shiftMs = 0;
  let isLost = (_: string): boolean => false;
  let isForbidden = (_: string): boolean => false;
  let isHeld = (_: string): boolean => false;
  let onHeld = (): Promise<void> => Promise.resolve();
  let isLast = (_: string): boolean => false;
  let onLast = (): void => undefined;

  const server = http.createServer((incoming, outgoing) => {
    const line = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    if (!isHeld(line)) {
      serve(line, incoming, outgoing);
      return;
    }
    isHeld = () => false;
    void onHeld().then(() => {
      serve(line, incoming, outgoing);
    });
  });

  function serve(line: string, incoming: http.IncomingMessage, outgoing: http.ServerResponse): void {
    if (!isAway && isLast(line)) {
      isLast = () => false;
      away();
      onLast();
    }
    if (isAway) {
      incoming.socket.destroy();
      return;
    }
    requests.push(line);
    if (isForbidden(line)) {
      outgoing.writeHead(403, { 'content-type': 'application/json' });
      outgoing.end(
        JSON.stringify({ kind: 'Status', code: 403, reason: 'Forbidden', message: `no right: ${line}` }),
      );
      return;
    }
    const headers = { ...incoming.headers, host: target.host };
    const forwarded = https.request(
      {
        ...credentials,
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers,
      },
      (response) => {
        if (isLost(line)) {
          response.resume();
          response.on('end', () => incoming.socket.destroy());
          return;
        }
        const date = new Date(Date.parse(response.headers.date ?? '') + shiftMs).toUTCString();
        outgoing.writeHead(response.statusCode ?? 502, { ...response.headers, date });
        const isWatch = line.includes('watch=true');
        response.on('data', (chunk) => {
          if (!(isWatch && isSilent)) outgoing.write(chunk);
        });
        response.on('end', () => outgoing.end());
        response.on('error', () => outgoing.destroy());
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  }

  function away(): void {
    isAway = true;
    server.closeAllConnections();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-e2e-'));
  const file = join(folder, 'kubeconfig');
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'proxy', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'proxy', user: {} }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy' } }],
      'current-context': 'proxy',
    }),
  );
  return {
    kubeconfig: file,
    requests,
    away,
    back: () => (isAway = false),
    awayAt: (of) => {
      isLast = of;
      return new Promise((resolve) => (onLast = resolve));
    },
    hold: (of, work) => {
      isHeld = of;
      onHeld = work;
    },
    loseAnswers: (of) => (isLost = of),
    forbid: (of) => (isForbidden = of),
    shiftDate: (byMs) => (shiftMs = byMs),
    silenceWatches: () => (isSilent = true),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
