import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Histograms count whole microseconds: of an answer within one millisecond, half of one is already more than 0.05 %. */
const ANSWERS_AFTER_MS = 5;

/** A service in this process that pods of the cluster can reach, and which knows what it was asked. */
export interface CountingTarget {
  readonly url: string;
  /** Requests that have come in. */
  count(): number;
  close(): Promise<void>;
}

export async function openCountingTarget(): Promise<CountingTarget> {
  let count = 0;
  const server = createServer((_, response) => {
    count += 1;
    setTimeout(() => response.end('ok'), ANSWERS_AFTER_MS);
  });
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
  if (address === undefined) throw new Error('this machine has no address that pods could reach');
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    count: () => count,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
