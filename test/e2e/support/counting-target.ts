import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * A service in this process that pods of the cluster can reach, and which knows what it was asked. It answers after 2 to
 * 21 ms, so that the microsecond in which latencies are kept is less than a thousandth of them.
 */
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
    setTimeout(() => response.end('ok'), 2 + (count % 20));
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
