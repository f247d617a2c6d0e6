/**
 * Reads rows of k6 in a process of its own: `ingest-process.js WAY FILE REQUESTS`. Prints the processor time of the second
 * reading, in milliseconds: by then the code is compiled, as it is for nearly all of a run.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { createK6Rows } from '../../src/bench/k6/k6-rows.js';
import { READS_NOTHING } from '../../src/bench/load-reads.js';

const [way = '', path = '', requests = ''] = process.argv.slice(2);
/** A run has one reader from its start to its end. */
const rows = createK6Rows(READS_NOTHING);
const ways: Readonly<Record<string, (path: string) => number | Promise<number>>> = {
  own: byOwnReader,
  json: byReadline,
  csv: byCsvParse,
};
const read = ways[way];
if (read === undefined) throw new Error(`no way "${way}"`);

let before = process.cpuUsage();
for (let reading = 0; reading < 2; reading++) {
  before = process.cpuUsage();
  const samples = await read(path);
  if (samples !== Number(requests)) throw new Error(`${way} has read ${samples} of ${requests} requests`);
}
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);

function byOwnReader(path: string): number {
  let samples = 0;
  let latencyUs = 0;
  const take = (): void => {
    const { count, latencyUs: column } = rows.collect();
    samples += count;
    for (let index = 0; index < count; index++) latencyUs += column[index] ?? 0;
  };
  // As much as a pipe holds, into one buffer: the reader keeps nothing of it.
  const buffer = Buffer.alloc(64 * 1024);
  const file = openSync(path, 'r');
  for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
    rows.push(buffer.subarray(0, length));
    take();
  }
  closeSync(file);
  take();
  if (!(latencyUs > 0)) throw new Error('no latency was read');
  return samples;
}

async function byReadline(path: string): Promise<number> {
  const latencies: number[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const row = JSON.parse(line) as { metric: string; type: string; data: { value: number; tags: object } };
    if (row.type === 'Point' && row.metric === 'http_req_duration') latencies.push(row.data.value);
  }
  return latencies.length;
}

async function byCsvParse(path: string): Promise<number> {
  const latencies: number[] = [];
  const records = parse({ columns: true });
  const reading = pipeline(createReadStream(path), records);
  for await (const row of records as AsyncIterable<Readonly<Record<string, string>>>) {
    if (row.metric_name === 'http_req_duration') latencies.push(Number(row.metric_value));
  }
  await reading;
  return latencies.length;
}
