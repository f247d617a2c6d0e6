/**
 * How fast the rows of k6 become samples, over what one would write first: readline with JSON.parse for each row of its
 * JSON, and csv-parse on its CSV. k6 writes both in one run, so that the rows are the same; what is streamed is the CSV.
 * All keep the latencies of the requests, and each has a process of its own. Run it with `node dist/bench/k6-ingest.js [--requests 100000] [--rounds 5]`;
 * it needs k6 for the rows.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from '../src/bench/k6/k6-command.js';
import { writeModules } from '../src/bench/k6/write-modules.js';
import { READS_NOTHING } from '../src/bench/load-reads.js';
import { captureOutput } from '../src/bench/process/capture-output.js';
import { createGoals } from './support/goals.js';
import { medianInterval } from './support/median-interval.js';
import { requireK6 } from './support/start-k6-load.js';
import { startServer } from './support/start-server.js';

const RECORD_MS = 600_000;
const INGEST_PROCESS = fileURLToPath(new URL('./support/ingest-process.js', import.meta.url));
const never = new AbortController().signal;

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '5' } },
});
const requests = Number(values.requests);
const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
try {
  const goals = createGoals();
  const [jsonPath, csvPath] = [join(folder, 'rows.jsonl'), join(folder, 'rows.csv')];
  await recordRows(csvPath, jsonPath);
  const ways = {
    own: ['own', csvPath],
    ownJson: ['own', jsonPath],
    json: ['json', jsonPath],
    csv: ['csv', csvPath],
  } as const;

  // Round by round, so that a machine that gets slower favours none.
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, [way, path]] of Object.entries(ways)) times.get(name)?.push(await readAlone(way, path));
  }
  const own = times.get('own') ?? [];
  const compare = (what: string, name: string, least: number): void => {
    const ratios = (times.get(name) ?? []).map((ms, round) => ms / (own[round] ?? Number.NaN));
    if (ratios.length === 0) return;
    const { median, low, high } = medianInterval(ratios);
    goals.add(
      what,
      `${median.toFixed(1)}x (${low.toFixed(1)} to ${high.toFixed(1)})`,
      `at least ${least}x`,
      median >= least,
    );
  };
  compare('over readline and JSON.parse', 'json', 15);
  compare('over csv-parse', 'csv', 40);
  const usPerRequest = (name: string): string =>
    ((medianInterval(times.get(name) ?? []).median * 1000) / requests).toFixed(2);
  console.log(
    `JSON, which is streamed where a script's own metrics are judged: ${usPerRequest('ownJson')} us a request`,
  );
  goals.print(`Rows of ${requests} requests, ${usPerRequest('own')} us a request`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** In a process of its own: what the others leave behind, garbage and code compiled for them, is none of its cost. */
async function readAlone(way: string, path: string): Promise<number> {
  const command = [process.execPath, INGEST_PROCESS, way, path, String(requests)];
  const output = await captureOutput(command, { deadlineMs: RECORD_MS }, never);
  const ms = output.status === 'failed' || output.code !== 0 ? Number.NaN : Number(output.stdout);
  if (!(ms > 0)) throw new Error(`${way} was not measured: ${JSON.stringify(output)}`);
  return ms;
}

/** What k6 writes in a run, in both of its formats. */
async function recordRows(csvPath: string, jsonPath: string): Promise<void> {
  await using server = await startServer('fixed', '0');
  const script = join(folder, 'script.js');
  await writeFile(
    script,
    `import http from 'k6/http';
export const options = { scenarios: { load: { executor: 'shared-iterations', vus: 20, iterations: ${requests}, maxDuration: '10m' } }, discardResponseBodies: true };
export default function () { http.get('${server.url}/', { tags: { name: 'GET /' } }); }
`,
  );
  const wrapper = await writeModules(
    { kind: 'k6-script', script, env: {}, maxDurationMs: RECORD_MS },
    folder,
  );
  const [k6 = '', ...args] = runCommand(
    { ...(await requireK6()), isExtended: false },
    wrapper,
    csvPath,
    READS_NOTHING,
  );
  const ran = await captureOutput(
    [k6, ...args, '--out', `json=${jsonPath}`],
    { deadlineMs: RECORD_MS },
    never,
  );
  if (ran.status === 'failed' || ran.code !== 0) throw new Error(`k6 did not run: ${JSON.stringify(ran)}`);
}
