import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../src/shared/find-program.js';
import { spawnProcess } from '../../src/shared/spawn-process.js';
import { freePort } from './free-port.js';
import { waitUntil } from './wait-until.js';

/** The path of the Prometheus server of this machine; undefined where there is none. */
export async function prometheusBinary(): Promise<string | undefined> {
  const found = await findProgram('prometheus', tmpdir(), process.env.PATH ?? '');
  return found.status === 'found' ? found.path : undefined;
}

/** What a service would export: the test sets its text. */
export interface Exporter {
  readonly port: number;
  /** In the text format of Prometheus. */
  text: string;
  close(): Promise<void>;
}

export async function anExporter(text: string): Promise<Exporter> {
  const exporter = { text };
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4', connection: 'close' });
    response.end(exporter.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(exporter, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

export interface RunningPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real server with a database of its own that scrapes the exporter every second, once it has done so.
 *
 * @param ports of further targets, which need not be there yet
 */
export async function aPrometheus(
  binary: string,
  exporter: Exporter,
  ports: readonly number[] = [],
): Promise<RunningPrometheus> {
  const targets = [exporter.port, ...ports].map((one) => `127.0.0.1:${one}`);
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-prometheus-'));
  const port = await freePort();
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'shop', static_configs: [{ targets }] }],
    }),
  );
  const spawned = await spawnProcess({
    command: [
      binary,
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    cwd: folder,
    env: {},
    stdout: 'pipe',
    stderr: 'pipe',
  });
  if (spawned.status === 'not-started') throw new Error(spawned.reason);
  const { child, exited } = spawned.process;
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout?.resume();
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('Prometheus has scraped the exporter', async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
      const answer = await fetch(`${url}/api/v1/query?query=up`, { headers: { connection: 'close' } }).catch(
        () => undefined,
      );
      return answer?.ok === true && (await answer.text()).includes('"1"');
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}
