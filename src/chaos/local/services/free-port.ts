import { createServer } from 'node:net';
import { PlimsollError } from '../../../shared/errors.js';
import { seededRandom } from '../../../shared/seeded-random.js';

/** Below the ports that the kernels of Linux and macOS give to outgoing connections, which could take a free one away. */
const LOWEST = 20_000;
const HIGHEST = 32_767;
const TRIES = 200;

/** A port on 127.0.0.1 that nobody listens on. Different seeds look in different places, so that they do not meet. */
export async function findFreePort(seed: string): Promise<number> {
  const random = seededRandom(seed);
  for (let tries = 0; tries < TRIES; tries++) {
    const port = LOWEST + Math.floor(random() * (HIGHEST - LOWEST + 1));
    if ((await tryPort(port)) === 'free') return port;
  }
  throw new PlimsollError('NOT_READY', `no port from ${LOWEST} to ${HIGHEST} on 127.0.0.1 was found free`);
}

/** `EADDRINUSE`, `EACCES`, ...: as the system calls it. */
export type PortState = 'free' | { readonly code: string };

/** Whether this process could listen there now. Never rejects. */
export function tryPort(port: number): Promise<PortState> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code ?? 'UNKNOWN' });
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve('free');
      });
    });
  });
}
