import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createGoBenchGenerator } from '../../../src/bench/go-bench/go-bench-generator.js';
import { findGo, type GoToolchain } from '../../../src/bench/go-bench/go-toolchain.js';
import type {
  GoBenchLoad,
  LoadGenerator,
  LoadOutcome,
  RunningLoad,
} from '../../../src/bench/load-generator.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import type { Clock } from '../../../src/shared/time.js';
import { aLoadFolder } from '../../support/a-load-folder.js';
import { createCollectingTape } from '../../support/collecting-tape.js';
import { hurriedClock, realClock } from '../../support/real-clock.js';
import { requires } from '../../support/requirement.js';
import { waitUntil } from '../../support/wait-until.js';

const FIXTURE = join(packageRoot, 'test', 'fixtures', 'go-bench');
const never = new AbortController().signal;

describe('the generator of Go benchmarks', function () {
  // The first build on a machine compiles the standard library.
  this.timeout(600_000);
  let go: GoToolchain;
  const folder = aLoadFolder('go-bench');

  before(async function () {
    go = await findGo({ searchPath: process.env.PATH ?? '', cwd: packageRoot }, never);
    requires(this, 'go', go.status === 'found' ? go : undefined);
  });

  function aGenerator(clock: Clock = realClock, toolchain: GoToolchain = go): LoadGenerator {
    return createGoBenchGenerator({
      go: toolchain,
      clock,
      logger: { debug: () => undefined, warn: () => undefined },
      runId: 'go-bench-test',
      temporaryFolder: folder.temporaryFolder,
      logsFolder: folder.logsFolder,
      recorder: folder.recorder,
    });
  }

  function aLoad(bench: string, overrides: Partial<GoBenchLoad> = {}): GoBenchLoad {
    return {
      kind: 'go-bench',
      package: './fixture',
      cwd: FIXTURE,
      pattern: '.',
      bench,
      benchtime: '5x',
      benchmem: false,
      tags: [],
      env: {},
      maxDurationMs: 60_000,
      ...overrides,
    };
  }

  function start(load: GoBenchLoad, clock?: Clock): Promise<RunningLoad> {
    return aGenerator(clock).start(load, createCollectingTape(), never);
  }

  function startError(
    load: GoBenchLoad,
    signal = never,
  ): Promise<Error & { code?: string; remedy?: string }> {
    return aGenerator()
      .start(load, createCollectingTape(), signal)
      .then(
        () => expect.fail('it started'),
        (thrown: unknown) => thrown as Error,
      );
  }

  function readingsOf({ benchmarks }: RunningLoad | LoadOutcome) {
    const log = benchmarks === undefined || 'readings' in benchmarks ? benchmarks : benchmarks.log();
    return log?.readings ?? [];
  }

  async function untilReadings(running: RunningLoad, count: number): Promise<void> {
    await waitUntil(`${count} readings`, () => readingsOf(running).length >= count);
  }

  it('measures again and again in one process until it is stopped, and dates each reading', async () => {
    const tape = createCollectingTape();
    const running = await aGenerator().start(aLoad('^BenchmarkSleep$', { benchmem: true }), tape, never);
    const told: number[] = [];
    running.benchmarks?.onReading(({ endMs }) => told.push(endMs));
    await untilReadings(running, 5);
    // Name and result are dated when they are read: where a busy machine lets both be read late, they seem nearer together.
    await waitUntil(
      'one that took as long as a round of one and the round of five that sleep 1 ms for each',
      () => readingsOf(running).some(({ startMs, endMs }) => endMs - startMs >= 6),
    );
    const outcome = await running.stop(0);
    expect(outcome).to.deep.include({ status: 'ended', how: 'stopped', requests: 0, caveats: [] });
    expect(folder.recorded).to.have.length(1);
    expect(folder.recorded[0]).to.include({ role: 'go benchmarks', group: true });
    const readings = readingsOf(outcome);
    expect(told).to.deep.equal(readings.map(({ endMs }) => endMs).filter((endMs) => told.includes(endMs)));
    expect(told.length).to.be.at.least(1);
    readings.forEach(({ name, iterations, values, startMs, endMs }, index) => {
      expect(name).to.equal('BenchmarkSleep');
      expect(iterations).to.equal(5);
      expect(values.map(({ unit }) => unit)).to.include.members(['ns/op', 'p95-ms', 'B/op', 'allocs/op']);
      expect(values).to.deep.include({ unit: 'p95-ms', value: 7.5 });
      expect(endMs).to.be.at.least(startMs);
      expect(startMs).to.be.at.least(readings[index - 1]?.endMs ?? running.startedAtMs);
    });
    expect(tape.samples).to.deep.equal([]);
    expect(tape.writtenUntilMs()).to.be.at.least(readings.at(-1)!.endMs);
    if (outcome.benchmarks === undefined) throw new Error('no benchmarks');
    expect(outcome.benchmarks.better).to.include({ 'turns/s': 'higher', 'ns/op': 'lower' });
    expect(outcome.benchmarks.config).to.include({ pkg: 'example.com/fixture' });
    // What Go printed is kept, for benchstat.
    expect(readFileSync(join(folder.logsFolder, 'go-bench.txt'), 'utf8')).to.match(
      /^BenchmarkSleep\S*\s+5\s.*p95-ms/m,
    );
  });

  it('lets several benchmarks take turns, those that one makes too', async () => {
    const running = await start(aLoad('Turns'));
    await untilReadings(running, 6);
    const outcome = await running.stop(0);
    const names = readingsOf(outcome).map(({ name }) => name);
    expect(names.slice(0, 4)).to.deep.equal([
      'BenchmarkTurns/small',
      'BenchmarkTurns/large',
      'BenchmarkTurns/small',
      'BenchmarkTurns/large',
    ]);
    expect(folder.recorded.length).to.be.at.least(3);
  });

  it('measures as often as it is told before the next has its turn', async () => {
    const running = await start(aLoad('Turns/small|Turns/large', { count: 2 }));
    await untilReadings(running, 4);
    const outcome = await running.stop(0);
    const names = readingsOf(outcome).map(({ name }) => name.split('/')[1]);
    expect(names.slice(0, 4)).to.deep.equal(['small', 'small', 'large', 'large']);
  });

  const ends: readonly (readonly [end: string, reason: string])[] = [
    ['fail', 'BenchmarkUntil failed: fixture_test.go:'],
    ['panic', 'the benchmarks came to a panic: out of orders'],
    ['exit', 'the benchmarks exited with code 3\nno more sockets'],
  ];
  for (const [end, reason] of ends) {
    it(`fails where a benchmark comes to its ${end} in mid-run, and keeps what was measured`, async () => {
      const file = join(folder.root, 'now');
      const running = await start(aLoad('Until', { env: { FIXTURE_FILE: file, FIXTURE_END: end } }));
      await untilReadings(running, 2);
      writeFileSync(file, '');
      const outcome = await running.finished;
      if (outcome.status !== 'failed') throw new Error(outcome.how);
      expect(outcome.reason).to.include(reason);
      expect(outcome.remedy).to.include('go-bench.log');
      expect(readingsOf(outcome).length).to.be.at.least(2);
    });
  }

  it('does not start where a benchmark fails from the start, is skipped, or there is none', async () => {
    const failed = await startError(aLoad('Broken'));
    expect(failed).to.include({ code: 'LOAD_FAILED' });
    expect(failed.message).to.match(/^BenchmarkBroken failed: fixture_test\.go:\d+: no service there$/);
    expect((await startError(aLoad('Skipped'))).message).to.equal(
      'load.goBench: BenchmarkSkipped of ./fixture had no result: skipped, or without a sub-benchmark that matches "Skipped"',
    );
    expect((await startError(aLoad('Nothing'))).message).to.include(
      'matches "Nothing"; there is BenchmarkSleep',
    );
    expect(existsSync(join(folder.logsFolder, 'go-bench.txt'))).to.equal(false);
    expect(folder.recorded).to.deep.equal([]);
  });

  it('fails where a benchmark prints into its own results', async () => {
    const running = await start(aLoad('Noisy'));
    expect(await running.finished)
      .to.have.property('reason')
      .that.includes('they print to stdout between their name and their result');
  });

  it('kills benchmarks that do not end, and says so', async () => {
    const running = await start(aLoad('Deaf', { benchtime: '1h' }), hurriedClock);
    const outcome = await running.stop(0);
    expect(outcome).to.include({ status: 'ended', how: 'stopped' });
    expect(outcome).to.have.property('caveats').with.length(1);
  });

  it('leaves nothing when it is called off', async () => {
    const off = new AbortController();
    const running = await aGenerator().start(aLoad('Sleep'), createCollectingTape(), off.signal);
    off.abort(new Error('no more'));
    expect(await running.finished).to.include({ status: 'ended' });
    const early = new AbortController();
    const failed = startError(aLoad('Sleep'), early.signal);
    early.abort(new Error('too late'));
    expect((await failed).message).to.equal('the load was called off before it started');
  });

  it('gives the benchmarks their environment, the folder of their package and the mark of the run', async () => {
    const running = await start(aLoad('Env', { benchtime: '1x', env: { FIXTURE_END: 'here' } }));
    await untilReadings(running, 1);
    await running.stop(0);
    const [line] = readFileSync(join(folder.logsFolder, 'go-bench.log'), 'utf8').split('\n');
    expect(line).to.equal(`here go-bench-test ${FIXTURE}`);
  });

  it('finds in preflight what would stop it, and runs nothing', async () => {
    const preflight = (bench: string, overrides: Partial<GoBenchLoad> = {}) =>
      aGenerator().preflight(aLoad(bench, overrides), never);
    expect(await preflight('Sleep')).to.deep.equal([]);
    expect(await preflight('Turns/large')).to.deep.equal([]);
    const [unmatched] = await preflight('^BenchmarkSleeps$');
    expect(unmatched).to.include({ severity: 'stop', code: 'go-no-benchmark' });
    expect(unmatched?.message).to.include('did you mean "BenchmarkSleep"?');
    const [broken] = await preflight('.', { package: './broken', cwd: join(FIXTURE, 'broken') });
    expect(broken).to.include({
      code: 'go-build-failed',
      message: 'load.goBench: ./broken does not compile: ./broken_test.go:6:2: undefined: undefinedThing',
    });
    const [untested] = await preflight('.', { package: './untested', cwd: join(FIXTURE, 'untested') });
    expect(untested).to.include({ code: 'go-no-tests' });
    const [nowhere] = await preflight('.', { package: './nowhere', cwd: join(FIXTURE, 'nowhere') });
    expect(nowhere).to.include({ code: 'go-package-not-found' });
    const [unknown] = await preflight('.', { package: 'example.com/none', pattern: 'example.com/none' });
    expect(unknown).to.include({ code: 'go-package-not-found' });
    // By its import path, from a folder of the same module.
    const path = 'example.com/fixture';
    expect(
      await preflight('Sleep', { package: path, pattern: path, cwd: join(FIXTURE, 'broken') }),
    ).to.deep.equal([]);
    const missing = aGenerator(realClock, { status: 'missing', reason: 'not found on PATH' });
    expect((await missing.preflight(aLoad('.'), never))[0]).to.include({
      code: 'go-not-found',
      message: 'load.goBench needs the go command: not found on PATH',
    });
  });
});
