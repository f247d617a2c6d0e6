/**
 * What the fault proxy costs without a fault: the same requests direct, through it, and through the barest pipe that
 * Node can be, in rounds that take turns, so that a busy moment of the machine hits all. Run it with `node dist/bench/proxy-overhead.js [rounds]`.
 */
import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { startProxy } from '../src/chaos/local/proxy/start-proxy.js';
import type { Clock } from '../src/shared/time.js';
import { createGoals } from './support/goals.js';
import { median } from './support/median.js';
import { freePort } from './support/start-server.js';

const WAYS = ['direct', 'pipe', 'proxy'] as const;
type Way = (typeof WAYS)[number];

interface Reading {
  readonly p50Ms: number;
  readonly perSecond: number;
}

const SINGLE_REQUESTS = 3000;
const PARALLEL = 20;
const PARALLEL_MS = 2000;

/** Answers each request at once, with as little work as can be; requests come whole, since the client sends them so. */
const SERVER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const answer = Buffer.from('HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok');
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(answer));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** What any proxy in Node costs at the least. */
const PIPE = `
  const { connect, createServer } = require('node:net');
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: Number(process.argv[1]), host: '127.0.0.1', noDelay: true });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
`;

const clock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

const rounds = Number(process.argv[2] ?? 5);
const server = new Worker(SERVER, { eval: true });
const direct = await new Promise<number>((resolve) => server.once('message', resolve));
const pipeProcess = spawn(process.execPath, ['-e', PIPE, String(direct)], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  detached: true, // a session of its own, as the proxy has: the scheduler of Linux shares by session
});
const pipe = await new Promise<number>((resolve) => pipeProcess.once('message', resolve));
const proxyProcess = await startProxy({ clock });
try {
  const proxy = await freePort();
  await proxyProcess.setServices([{ name: 'target', port: proxy }]);
  const target = { id: 'target-1', uid: 'target-1', host: '127.0.0.1', port: direct, ready: true };
  await proxyProcess.setReplicas('target', [target]);

  const ports: Record<Way, number> = { direct, pipe, proxy };
  const readings: Record<Way, Reading[]> = { direct: [], pipe: [], proxy: [] };
  for (const way of WAYS) await measure(ports[way]); // warms it up
  for (let round = 1; round <= rounds; round++) {
    for (const way of WAYS) readings[way].push(await measure(ports[way]));
    printTable(`round ${round}`, (way) => readings[way].slice(-1));
  }
  printTable(`median of ${rounds}`, (way) => readings[way]);
  const [base, through] = [medianOf(readings.direct), medianOf(readings.proxy)];
  const addedMs = through.p50Ms - base.p50Ms;
  const goals = createGoals();
  goals.add('added at p50 over 1', `${addedMs.toFixed(3)} ms`, 'less than 0.2 ms', addedMs < 0.2);
  goals.add(
    `requests/s over ${PARALLEL}`,
    Math.round(through.perSecond).toString(),
    'at least 15000',
    through.perSecond >= 15_000,
  );
  goals.print('The fault proxy without a fault');
} finally {
  await proxyProcess.stop();
  pipeProcess.kill('SIGKILL');
  await server.terminate();
}

async function measure(port: number): Promise<Reading> {
  return { p50Ms: await singleP50(port), perSecond: await parallelRate(port) };
}

async function singleP50(port: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  const times: number[] = [];
  for (let index = 0; index < SINGLE_REQUESTS; index++) {
    const startMs = performance.now();
    await request(pool);
    times.push(performance.now() - startMs);
  }
  await pool.close();
  return median(times);
}

async function parallelRate(port: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: PARALLEL });
  const startMs = performance.now();
  let done = 0;
  const user = async (): Promise<void> => {
    while (performance.now() - startMs < PARALLEL_MS) {
      await request(pool);
      done++;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, user));
  const seconds = (performance.now() - startMs) / 1000;
  await pool.close();
  return done / seconds;
}

function request(pool: Pool): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { path: '/', method: 'GET' },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: () => undefined,
        onResponseEnd: () => {
          resolve();
        },
        onResponseError: (_controller, error) => {
          reject(error);
        },
      },
    );
  });
}

function printTable(title: string, of: (way: Way) => readonly Reading[]): void {
  console.log(`${title.padEnd(13)} p50 over 1    added     ratio   requests/s over ${PARALLEL}   ratio`);
  const base = medianOf(of('direct'));
  for (const way of WAYS) {
    const { p50Ms, perSecond } = medianOf(of(way));
    const cells = [
      `  ${way}`.padEnd(13),
      `${p50Ms.toFixed(3)} ms`.padStart(10),
      `${(p50Ms - base.p50Ms).toFixed(3)} ms`.padStart(11),
      (p50Ms / base.p50Ms).toFixed(2).padStart(7),
      Math.round(perSecond).toString().padStart(20),
      (perSecond / base.perSecond).toFixed(2).padStart(9),
    ];
    console.log(cells.join(' '));
  }
}

function medianOf(all: readonly Reading[]): Reading {
  return {
    p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
    perSecond: median(all.map(({ perSecond }) => perSecond)),
  };
}
