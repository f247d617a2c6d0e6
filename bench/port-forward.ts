/**
 * What a port-forward adds, beside the Service's own address: over one connection that is kept, over a new one for each
 * request, and over 20 at once. Needs a cluster whose Services this machine can reach:
 * `node dist/bench/port-forward.js NAMESPACE SERVICE PORT [rounds]`, with the kubeconfig that kubectl would take.
 */
import { Pool } from 'undici';
import { openForwards } from '../src/chaos/chaos-mesh/forward/service-forwards.js';
import { resolveServices } from '../src/chaos/chaos-mesh/resolve-services.js';
import { createClock } from '../src/cli/create-clock.js';
import { createKubeClient } from '../src/shared/kubernetes/create-kube-client.js';
import { median } from './support/median.js';

const WAYS = ['direct', 'forward'] as const;
type Way = (typeof WAYS)[number];

const READINGS = ['keptP50', 'keptP95', 'newP50', 'newP95', 'perSecond'] as const;
type Reading = Record<(typeof READINGS)[number], number>;

const KEPT_REQUESTS = 1000;
const NEW_REQUESTS = 100;
const PARALLEL = 20;
const PARALLEL_MS = 2000;

const [namespace, service, port, givenRounds = '5'] = process.argv.slice(2);
if (namespace === undefined || service === undefined || port === undefined) {
  console.error('usage: port-forward.js NAMESPACE SERVICE PORT [rounds]');
  process.exit(64);
}
const soon = AbortSignal.timeout(20_000);
const client = await createKubeClient({});
const config = {
  namespace,
  guards: { maxPercent: 100, minHealthy: 1 },
  services: { target: { service, port: Number(port) } },
};
const [direct] = await resolveServices(client, { ...config, reach: 'address' }, ['target'], soon);
const [wanted] = await resolveServices(client, { ...config, reach: 'forward' }, ['target'], soon);
if (direct?.status !== 'reached' || wanted?.status !== 'to-forward')
  throw new Error('there is no such Service');
const forwards = await openForwards(
  {
    client,
    clock: createClock(),
    logger: { debug: () => undefined, warn: console.error },
    onEvent: ({ message }) => {
      console.log(message);
    },
  },
  [wanted],
);
try {
  await forwards.start(soon);
  const urls: Record<Way, string> = { direct: direct.service.url, forward: forwards.services[0]?.url ?? '' };
  const readings: Record<Way, Reading[]> = { direct: [], forward: [] };
  for (const way of WAYS) await measure(urls[way]); // warms it up
  for (let round = 1; round <= Number(givenRounds); round++)
    for (const way of WAYS) readings[way].push(await measure(urls[way]));
  console.log(
    `median of ${givenRounds}   kept p50   kept p95    new p50    new p95   requests/s over ${PARALLEL}`,
  );
  for (const way of WAYS) {
    const cells = READINGS.map((name) => {
      const value = median(readings[way].map((reading) => reading[name]));
      return name === 'perSecond' ? value.toFixed(0).padStart(23) : `${value.toFixed(2)} ms`.padStart(11);
    });
    console.log(`${way.padEnd(11)}${cells.join('')}`);
  }
} finally {
  await forwards.stop();
}

async function measure(url: string): Promise<Reading> {
  const kept = await timesOfKept(url);
  const fresh = await timesOfNew(url);
  return {
    keptP50: quantile(kept, 0.5),
    keptP95: quantile(kept, 0.95),
    newP50: quantile(fresh, 0.5),
    newP95: quantile(fresh, 0.95),
    perSecond: await parallelRate(url),
  };
}

async function timesOfKept(url: string): Promise<readonly number[]> {
  const pool = new Pool(url, { connections: 1 });
  const times: number[] = [];
  for (let index = 0; index < KEPT_REQUESTS; index++) times.push(await timed(pool));
  await pool.close();
  return times.slice(1); // the first opens the connection
}

async function timesOfNew(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < NEW_REQUESTS; index++) {
    const pool = new Pool(url, { connections: 1 });
    times.push(await timed(pool));
    await pool.close();
  }
  return times;
}

async function parallelRate(url: string): Promise<number> {
  const pool = new Pool(url, { connections: PARALLEL });
  const startMs = performance.now();
  let done = 0;
  const user = async (): Promise<void> => {
    while (performance.now() - startMs < PARALLEL_MS) {
      await timed(pool);
      done++;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, user));
  const seconds = (performance.now() - startMs) / 1000;
  await pool.close();
  return done / seconds;
}

async function timed(pool: Pool): Promise<number> {
  const startMs = performance.now();
  const { body } = await pool.request({ path: '/', method: 'GET' });
  await body.dump();
  return performance.now() - startMs;
}

function quantile(times: readonly number[], share: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? NaN;
}
