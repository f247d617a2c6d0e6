import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createCommandGenerator } from '../../../src/bench/command/command-generator.js';
import type { CommandLoad, LoadGenerator } from '../../../src/bench/load-generator.js';
import type { RowFormat } from '../../../src/bench/row-format.js';
import { PlimsollError } from '../../../src/shared/errors.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import type { Clock } from '../../../src/shared/time.js';
import { aLoadFolder } from '../../support/a-load-folder.js';
import { createCollectingTape } from '../../support/collecting-tape.js';
import { hurriedClock, realClock } from '../../support/real-clock.js';
import { waitUntil } from '../../support/wait-until.js';

const PROGRAM = join(packageRoot, 'test', 'fixtures', 'load', 'print-rows.mjs');
const NDJSON: RowFormat = {
  kind: 'ndjson',
  fields: {
    start: { field: 'start', unit: 'ms', epoch: 'unix' },
    duration: { field: 'duration', unit: 'ms' },
    success: { by: 'ok', field: 'ok' },
  },
};
const never = new AbortController().signal;

describe('the command generator', () => {
  const folder = aLoadFolder('command');

  function aGenerator(clock: Clock = realClock): LoadGenerator {
    return createCommandGenerator({
      clock,
      logger: { debug: () => undefined, warn: () => undefined },
      runId: 'command-test',
      temporaryFolder: folder.temporaryFolder,
      logsFolder: folder.logsFolder,
      recorder: folder.recorder,
      searchPath: process.env.PATH ?? '',
    });
  }

  function aCommand(steps: readonly string[], overrides: Partial<CommandLoad> = {}): CommandLoad {
    return {
      kind: 'command',
      command: [process.execPath, PROGRAM, ...steps],
      cwd: folder.root,
      env: {},
      format: NDJSON,
      timeoutMs: 1000,
      maxDurationMs: 60_000,
      ...overrides,
    };
  }

  async function run(steps: readonly string[], overrides: Partial<CommandLoad> = {}) {
    const tape = createCollectingTape();
    const running = await aGenerator().start(aCommand(steps, overrides), tape, never);
    return { tape, outcome: await running.finished };
  }

  function startError(
    load: CommandLoad,
    signal = never,
  ): Promise<Error & { code?: string; remedy?: string }> {
    return aGenerator()
      .start(load, createCollectingTape(), signal)
      .then(
        () => expect.fail('it started'),
        (thrown: unknown) => thrown as Error,
      );
  }

  it('writes all rows to the tape, the last one without an end of line too', async () => {
    const { tape, outcome } = await run(['rows', '500', 'cut']);
    expect(outcome).to.deep.include({ status: 'ended', how: 'finished', requests: 501, caveats: [] });
    expect(tape.samples).to.have.length(501);
    expect(tape.samples[0]).to.include({ endpoint: 'requests', result: 0 });
    expect(tape.samples[0]!.latencyUs).to.equal(5000);
    expect(tape.samples.at(-1)).to.include({ result: 1 });
    expect(tape.writtenUntilMs()).to.be.closeTo(realClock.nowMs(), 5000);
  });

  it('counts times from the start of the command where they are said to', async () => {
    const fields = { ...NDJSON.fields, start: { field: 'start', unit: 's', epoch: 'command' } as const };
    const beforeMs = realClock.nowMs();
    const { tape } = await run(['relative', '3'], { format: { kind: 'ndjson', fields } });
    expect(tape.samples).to.have.length(3);
    for (const { startMs } of tape.samples) expect(startMs).to.be.within(beforeMs, realClock.nowMs());
  });

  for (const version of ['1.8.1', '2.2.0']) {
    it(`reads rows of k6 ${version}`, async () => {
      const rows = join(packageRoot, 'test', 'fixtures', 'k6', `rows-${version}.jsonl`);
      const { outcome } = await run([], { command: ['cat', rows], format: { kind: 'k6-json' } });
      expect(outcome).to.include({ status: 'ended', how: 'finished' });
      expect(outcome).to.have.property('requests').that.is.greaterThan(0);
    });
  }

  it('names rows that it could not read', async () => {
    const { outcome } = await run(['rows', '2', 'print', 'done']);
    expect(outcome)
      .to.have.property('caveats')
      .that.deep.equals([
        '1 row of the command could not be read, so requests may be missing. The first: line 3: it is no JSON: done',
      ]);
  });

  it('fails at a row without a start, and ends the command', async () => {
    const { outcome } = await run(['rows', '2', 'print', '{"duration": 1}', 'hang']);
    expect(outcome).to.include({ status: 'failed' });
    expect(outcome)
      .to.have.property('reason')
      .that.equals('line 3 of what the command printed is no row: it has no "start": {"duration": 1}');
    expect(outcome).to.have.property('remedy').that.includes('load.command.format');
  });

  it('fails where the command ends with an error, with what it said', async () => {
    const { outcome } = await run(['rows', '2', 'say', 'no more sockets', 'exit', '3']);
    expect(outcome).to.include({
      status: 'failed',
      reason: 'the command exited with code 3\nno more sockets',
    });
    expect(readFileSync(join(folder.logsFolder, 'load-command.log'), 'utf8')).to.equal('no more sockets\n');
  });

  it('fails where somebody else ends the command', async () => {
    const { outcome } = await run(['rows', '2', 'kill', 'SIGTERM']);
    expect(outcome).to.include({ status: 'failed', reason: 'the command was ended by SIGTERM from outside' });
  });

  it('does not start where the command prints nothing, or nothing that can be read', async () => {
    expect((await startError(aCommand(['exit', '0']))).message).to.equal(
      'the command ended and had printed no row to stdout',
    );
    expect((await startError(aCommand(['exit', '2']))).message).to.equal('the command exited with code 2');
    const failed = await startError(aCommand(['print', 'hello', 'say', 'bye', 'exit', '0']));
    expect(failed).to.include({ code: 'LOAD_FAILED' });
    expect(failed.message).to.equal(
      'the command ended and had printed no row that can be read; line 1: it is no JSON: hello\nbye',
    );
  });

  it('does not start where the command cannot be started', async () => {
    const failed = await startError(aCommand([], { command: ['no-such-load-program'] }));
    expect(failed).to.include({ code: 'LOAD_FAILED' });
    expect(failed.message).to.include('no-such-load-program could not be started');
  });

  it('ends a command that prints nothing when it is called off', async () => {
    const off = new AbortController();
    const failed = startError(aCommand(['hang']), off.signal);
    await waitUntil('the command is recorded', () => folder.recorded.length > 0);
    off.abort(new Error('too late'));
    expect((await failed).message).to.equal('the load was called off before it started');
  });

  it('says what it waited for where no row comes in time', async () => {
    const off = new AbortController();
    const failed = startError(aCommand(['hang']), off.signal);
    await waitUntil('the command is recorded', () => folder.recorded.length > 0);
    off.abort(new PlimsollError('DEADLINE', 'starting the load took longer than 60 s', { remedy: '' }));
    expect((await failed).message).to.equal(
      'starting the load took longer than 60 s: the command has told of no request yet',
    );
    expect((await failed).remedy).to.include('as soon as a request has ended');
  });

  it('lets requests under way end before it interrupts the command', async () => {
    const tape = createCollectingTape();
    const running = await aGenerator().start(aCommand(['every', '10']), tape, never);
    const stopMs = realClock.nowMs();
    const outcome = await running.stop(400);
    expect(outcome).to.deep.include({ status: 'ended', how: 'stopped', caveats: [] });
    // Timers and clocks differ by fractions of a millisecond.
    expect(outcome.endedAtMs).to.be.at.least(stopMs + 395);
    expect(tape.samples.at(-1)!.startMs).to.be.greaterThan(stopMs);
    expect(folder.recorded).to.have.length(1);
    expect(folder.recorded[0]).to.include({ role: 'load command', group: true });
  });

  it('interrupts every program of a pipeline', async () => {
    const tape = createCollectingTape();
    const program = `'${process.execPath}' '${PROGRAM}'`;
    const running = await aGenerator().start(
      aCommand([], { command: ['sh', '-c', `${program} every 10 | cat`] }),
      tape,
      never,
    );
    const outcome = await running.stop(0);
    expect(outcome).to.include({ status: 'ended', how: 'stopped' });
    expect(tape.samples.length).to.be.greaterThan(0);
  });

  it('kills a command that does not end, and says so', async () => {
    const running = await aGenerator(hurriedClock).start(
      aCommand(['deaf', 'rows', '3', 'hang']),
      createCollectingTape(),
      never,
    );
    const outcome = await running.stop(0);
    expect(outcome).to.include({ status: 'ended', how: 'stopped' });
    expect(outcome).to.have.property('caveats').with.length(1);
  });

  it('gives the command its environment, its folder and the mark of the run', async () => {
    const script = `console.log(JSON.stringify({start: Date.now(), duration: 1, ok: true}));
      console.error([process.env.BASE, process.cwd(), process.env.PLIMSOLL_RUN_ID].join(' '));`;
    await run([], { command: [process.execPath, '-e', script], env: { BASE: 'http://orders' } });
    expect(readFileSync(join(folder.logsFolder, 'load-command.log'), 'utf8').trim()).to.equal(
      `http://orders ${folder.root} command-test`,
    );
  });

  it('finds in preflight that there is no such program', async () => {
    const preflight = (command: readonly string[]) =>
      aGenerator().preflight(aCommand([], { command }), never);
    expect(await preflight(['node'])).to.deep.equal([]);
    expect((await preflight(['no-such-load-program']))[0]).to.include({
      severity: 'stop',
      code: 'load-command-not-found',
      message: 'load.command: there is no program no-such-load-program on the PATH',
    });
    expect((await preflight([PROGRAM.replace('print-rows', 'none')]))[0]).to.include({ severity: 'stop' });
  });
});
