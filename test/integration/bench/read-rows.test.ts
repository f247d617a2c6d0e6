import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFifo } from '../../../src/bench/process/make-fifo.js';
import { READS_NOTHING } from '../../../src/bench/load-reads.js';
import { readRows } from '../../../src/bench/process/read-rows.js';
import { waitUntil } from '../../support/wait-until.js';

const ROWS_WORKER = new URL('../../../src/bench/k6/rows-worker.js', import.meta.url);
const never = new AbortController().signal;

describe("the pipe of k6's rows", () => {
  let folder: string;
  let fifo: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-pipe-test-'));
    fifo = join(folder, 'rows');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends when nobody has written into it, and is gone when it is closed', async () => {
    await makeFifo(fifo, never);
    const reader = await readRows({ fifo, offsetMs: 0, reads: READS_NOTHING }, ROWS_WORKER);
    reader.writerIsGone();
    expect(await reader.ended).to.deep.equal({ status: 'read', open: [], unreadable: { count: 0 } });
    await reader.close();
    await reader.close();
    expect(existsSync(fifo)).to.equal(false);
  });

  it('does not end while k6 may still come, and then when the last writer is gone', async () => {
    await makeFifo(fifo, never);
    const reader = await readRows({ fifo, offsetMs: 0, reads: READS_NOTHING }, ROWS_WORKER);
    const row =
      '{"metric":"vus","type":"Point","data":{"time":"2026-11-23T06:28:37.95Z","value":1,"tags":{}}}';
    const told: number[] = [];
    reader.follow(({ latestMs }) => told.push(latestMs));
    execFileSync('sh', ['-c', `echo '${row}' > "$0"`, fifo]);
    execFileSync('sh', ['-c', `echo '${row.replace('37.95', '38.95')}' > "$0"`, fifo]);
    reader.writerIsGone();
    expect(await reader.ended).to.have.property('status', 'read');
    expect(told.at(-1)).to.equal(Date.parse('2026-11-23T06:28:38.95Z'));
    await reader.close();
  });

  it('keeps what a metric is where its first sample comes later', async () => {
    await makeFifo(fifo, never);
    const reads = { ...READS_NOTHING, metrics: [{ name: 'queue_wait', tags: {} }] };
    const reader = await readRows({ fifo, offsetMs: 0, reads }, ROWS_WORKER);
    const told: string[] = [];
    reader.follow(({ newMetrics, metrics }) => {
      told.push(...newMetrics.map(({ series }) => `${series.name} is a ${series.type}`));
      if (metrics.count > 0) told.push(`${metrics.count} samples`);
    });
    const write = (row: string): void => {
      execFileSync('sh', ['-c', 'echo "$1" > "$0"', fifo, row]);
    };
    write(
      '{"type":"Metric","data":{"name":"queue_wait","type":"trend","contains":"time"},"metric":"queue_wait"}',
    );
    await waitUntil('the metric is told', () => told.length === 1);
    write(
      '{"metric":"queue_wait","type":"Point","data":{"time":"2026-11-23T06:28:37.95Z","value":1,"tags":{"scenario":"default"}}}',
    );
    reader.writerIsGone();
    await reader.ended;
    expect(told).to.deep.equal(['queue_wait is a trend', '1 samples']);
    await reader.close();
  });

  it('says that its thread crashed, at its start and later', async () => {
    const thread = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    await makeFifo(fifo, never);
    const atStart: unknown = await readRows(
      { fifo, offsetMs: 0, reads: READS_NOTHING },
      thread('throw new Error("no memory")'),
    ).catch((thrown: unknown) => thrown);
    expect(atStart).to.have.property('code', 'LOAD_FAILED');
    expect(atStart).to.have.property('message').that.includes('no memory');
    expect(existsSync(fifo)).to.equal(false);

    await makeFifo(fifo, never);
    const reader = await readRows(
      { fifo, offsetMs: 0, reads: READS_NOTHING },
      thread(`
        import { constants, openSync } from 'node:fs';
        import { parentPort, workerData } from 'node:worker_threads';
        openSync(workerData.fifo, constants.O_RDONLY | constants.O_NONBLOCK);
        parentPort.postMessage({ kind: 'open' });
        setTimeout(() => { throw new Error('out of memory'); }, 10);
      `),
    );
    expect(await reader.ended).to.deep.equal({
      status: 'failed',
      reason: "the thread that reads the load's rows crashed: out of memory",
      remedy: 'run it again',
    });
    await reader.close();
  });

  it('is not made where something is in its place, or where there is no mkfifo', async () => {
    await makeFifo(fifo, never);
    const failure = (): Promise<unknown> => makeFifo(fifo, never).catch((thrown: unknown) => thrown);
    expect(await failure())
      .to.have.property('message')
      .that.includes('File exists');
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      const missing = await failure();
      expect(missing).to.have.property('code', 'LOAD_FAILED');
      expect(missing).to.have.property('message').that.includes('mkfifo');
      expect(missing).to.have.property('remedy').that.includes('coreutils');
    } finally {
      process.env.PATH = PATH;
    }
  });
});
