import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../src/chaos/local/services/free-port.js';

/** The path of bench-server.js, for a service that Plimsoll starts. */
export const BENCH_SERVER: string = fileURLToPath(new URL('./bench-server.js', import.meta.url));

export interface BenchServer extends AsyncDisposable {
  readonly url: string;
  /** Requests that have come so far. */
  count(): Promise<number>;
}

/** Starts the server of bench-server.ts with these arguments, on a free port. */
export async function startServer(...behaviour: readonly string[]): Promise<BenchServer> {
  const child = spawn(process.execPath, [BENCH_SERVER, ...behaviour], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // a session of its own: the scheduler of Linux shares by session
  });
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([once(child.stdout, 'data'), exited])) as [unknown];
  if (!(line instanceof Buffer)) throw new Error(`the server ended at once, with ${String(line)}`);
  const url = `http://127.0.0.1:${line.toString().trim()}`;
  return {
    url,
    count: () => countAt(url),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** What the server at this address has counted. */
export async function countAt(url: string): Promise<number> {
  return Number(await (await fetch(`${url}/count`)).text());
}

/** A port of 127.0.0.1 that nobody listens on, and which no outgoing connection is given: instances do not meet there. */
export function freePort(): Promise<number> {
  return findFreePort(randomUUID());
}
