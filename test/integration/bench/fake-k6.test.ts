import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSampleCollector } from '../../../src/bench/k6/collect-samples.js';
import type { K6Binary } from '../../../src/bench/k6/find-k6.js';
import { createRowScanner } from '../../../src/bench/k6/scan-rows.js';
import type { LoadOutcome } from '../../../src/bench/load-generator.js';
import { RESULT_NO_RESPONSE } from '../../../src/bench/sample-batch.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { createCollectingTape, type CollectingTape } from '../../support/collecting-tape.js';
import { aK6Bench, aScriptLoad, type K6Bench } from '../../support/k6-bench.js';
import { hurriedClock, realClock } from '../../support/real-clock.js';
import { waitUntil } from '../../support/wait-until.js';

const FIXTURES = join(packageRoot, 'test', 'fixtures', 'k6');
const binary: K6Binary = {
  path: join(FIXTURES, 'fake-k6.mjs'),
  version: '2.2.0',
  major: 2,
  foundIn: 'PLIMSOLL_K6',
  isExtended: false,
};
const never = new AbortController().signal;

describe('the k6 generator on a k6 that ends in its own way', () => {
  let bench: K6Bench;
  beforeEach(() => {
    bench = aK6Bench(binary);
  });
  afterEach(async () => {
    expect(bench.temporaryFiles()).to.not.include('k6-rows');
    await bench.end();
  });

  async function run(
    steps: string,
    { generator } = bench,
  ): Promise<{ tape: CollectingTape; outcome: LoadOutcome }> {
    const tape = createCollectingTape();
    const running = await generator.start(aScriptLoad('/s.js', { env: { FAKE_K6: steps } }), tape, never);
    const outcome = await running.finished;
    // After its end nothing is missing, whatever it was.
    expect(tape.writtenUntilMs()).to.be.closeTo(realClock.nowMs(), 5000);
    return { tape, outcome };
  }

  function startError(steps: string): Promise<Error & { code?: string; remedy?: string }> {
    return bench.generator
      .start(aScriptLoad('/s.js', { env: { FAKE_K6: steps } }), createCollectingTape(), never)
      .then(
        () => expect.fail('it started'),
        (thrown: unknown) => thrown as Error,
      );
  }

  /** What is in the recorded rows. */
  function recorded(): { ended: number; open: number } {
    const bytes = readFileSync(join(FIXTURES, 'rows-2.2.0.jsonl'));
    const collector = createSampleCollector();
    createRowScanner(collector).push(bytes);
    return { ended: collector.collect().count, open: collector.open().length };
  }

  it('writes all rows to the tape, and those that never ended as requests without a response', async () => {
    const { tape, outcome } = await run('rows; exit 0');
    const { ended, open } = recorded();
    expect(ended).to.be.greaterThan(0);
    expect(outcome).to.deep.include({
      status: 'ended',
      how: 'finished',
      requests: ended + open,
      caveats: [],
    });
    expect(tape.samples.length).to.equal(ended + open);
    for (const { result } of tape.samples.slice(ended)) expect(result).to.equal(RESULT_NO_RESPONSE);
  });

  it('moves the times of k6 onto the clock of the run', async () => {
    const behind = aK6Bench(binary, { clock: { ...realClock, nowMs: () => realClock.nowMs() - 5000 } });
    try {
      const here = await run('rows; exit 0');
      const tape = createCollectingTape();
      const load = aScriptLoad('/s.js', { env: { FAKE_K6: 'rows; exit 0' } });
      await (
        await behind.generator.start(load, tape, never)
      ).finished;
      expect(here.tape.samples[0]!.startMs - tape.samples[0]!.startMs).to.be.closeTo(5000, 1);
    } finally {
      await behind.end();
    }
  });

  for (const code of [97, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109]) {
    it(`takes an exit with code ${code} in mid-run for a failure, with what k6 said`, async () => {
      const { outcome } = await run(`rows; say the reason of ${code}; exit ${code}`);
      expect(outcome.status).to.equal('failed');
      expect(outcome)
        .to.have.property('reason')
        .that.matches(new RegExp(`^k6 exited with code ${code}: .*\nthe reason of ${code}$`));
      expect(outcome).to.have.property('remedy').that.includes('k6.log');
    });
  }

  it('takes thresholds and exec.test.fail() for a normal end, the latter with a caveat', async () => {
    expect((await run('rows; exit 99')).outcome).to.deep.include({ status: 'ended', caveats: [] });
    const { outcome } = await run('rows; exit 110');
    expect(outcome).to.have.property('status', 'ended');
    expect(outcome).to.have.property('caveats').with.length(1);
  });

  it('takes a signal that somebody else sent for a failure', async () => {
    const { outcome } = await run('rows; kill SIGTERM');
    expect(outcome).to.include({ status: 'failed', reason: 'k6 was ended by SIGTERM from outside' });
  });

  it('keeps what came before rows that break off', async () => {
    const all = recorded();
    const { tape, outcome } = await run('some-rows; kill SIGKILL');
    expect(outcome.status).to.equal('failed');
    expect(tape.samples.length).to.be.within(1, all.ended + all.open);
  });

  it('does not start where k6 ends without a row', async () => {
    const failed = await startError('say no such option; exit 104');
    expect(failed).to.include({ code: 'LOAD_FAILED' });
    expect(failed.message).to.equal(
      'k6 exited with code 104: k6 does not accept the options\nno such option',
    );
    const silent = await startError('exit 0');
    expect(silent.message).to.equal('k6 ended before it had sent anything');
    expect(silent.remedy).to.not.equal('');
  });

  it('does not start where k6 is killed before it opens the pipe', async () => {
    expect((await startError('kill SIGKILL')).message).to.equal('k6 was ended by SIGKILL from outside');
  });

  it('does not start where k6 cannot be started', async () => {
    const missing = aK6Bench({ ...binary, path: join(FIXTURES, 'no-such-k6') });
    const error: unknown = await missing.generator
      .start(aScriptLoad('/s.js'), createCollectingTape(), never)
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'LOAD_FAILED');
    expect(error).to.have.property('message').that.includes('no-such-k6 could not be started');
    expect(missing.temporaryFiles()).to.not.include('k6-rows');
    await missing.end();
  });

  it('ends k6 where it cannot be written down', async () => {
    const pids: number[] = [];
    const broken = aK6Bench(binary, {
      recorder: {
        processStarted: ({ pid }) => {
          pids.push(pid);
          return Promise.reject(new Error('the disk is full'));
        },
      },
    });
    const load = aScriptLoad('/s.js', { env: { FAKE_K6: 'hang' } });
    const error: unknown = await broken.generator
      .start(load, createCollectingTape(), never)
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'the disk is full');
    expect(() => process.kill(pids[0]!, 0)).to.throw('ESRCH');
    expect(broken.temporaryFiles()).to.not.include('k6-rows');
    await broken.end();
  });

  it('takes any exit after a stop for the end that was asked for, with a caveat for an unusual one', async () => {
    const stopped = async (code: number): Promise<LoadOutcome> => {
      const tape = createCollectingTape();
      const load = aScriptLoad('/s.js', { env: { FAKE_K6: `rows; interrupt; say no luck; exit ${code}` } });
      return await (await bench.generator.start(load, tape, never)).stop(0);
    };
    expect(await stopped(105)).to.deep.include({ status: 'ended', how: 'stopped', caveats: [] });
    const unusual = await stopped(107);
    expect(unusual).to.include({ status: 'ended', how: 'stopped' });
    expect(unusual)
      .to.have.property('caveats')
      .that.deep.equals(['After the load, k6 exited with code 107: the script threw an exception\nno luck']);
    expect(await stopped(109)).to.have.property('status', 'failed');
  });

  it('kills a k6 that does not end when it is stopped, and says so', async () => {
    const hasty = aK6Bench(binary, { clock: hurriedClock });
    const load = aScriptLoad('/s.js', { env: { FAKE_K6: 'rows; hang' } });
    const tape = createCollectingTape();
    const running = await hasty.generator.start(load, tape, never);
    const outcome = await running.stop(10);
    expect(outcome).to.include({ status: 'ended', how: 'stopped' });
    expect(outcome).to.have.nested.property('caveats[0]').that.includes('was killed');
    await hasty.end();
  });

  it('does not wait for a k6 that hangs when the run is aborted', async () => {
    const abort = new AbortController();
    const load = aScriptLoad('/s.js', { env: { FAKE_K6: 'rows; hang' } });
    const tape = createCollectingTape();
    const running = await bench.generator.start(load, tape, abort.signal);
    await waitUntil('rows are on the tape', () => tape.samples.length > 0);
    abort.abort(new Error('interrupted'));
    expect(await running.finished).to.deep.include({ status: 'ended', how: 'stopped', caveats: [] });
  });

  it('gives k6 the environment of the load and the mark of the run', async () => {
    const load = aScriptLoad('/s.js', { env: { FAKE_K6: 'rows; hang' } });
    const running = await bench.generator.start(load, createCollectingTape(), never);
    if (process.platform === 'linux') {
      const environment = readFileSync(`/proc/${bench.recorded[0]!.pid}/environ`, 'utf8').split('\0');
      expect(environment).to.include('PLIMSOLL_RUN_ID=k6-test');
    }
    process.kill(bench.recorded[0]!.pid, 'SIGKILL');
    await running.finished;
  });
});
