import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createTape } from '../../../../src/bench/create-tape.js';
import { measurementsToDocument } from '../../../../src/bench/measurement-document.js';
import type { Measurements } from '../../../../src/bench/measurement.js';
import { ALL_ENDPOINTS } from '../../../../src/bench/measurement.js';
import { createTapeFile } from '../../../../src/bench/tape-file/create-tape-file.js';
import { writeFrame } from '../../../../src/bench/tape-file/frame.js';
import { measureTape, measureWindow } from '../../../../src/bench/tape-file/measure-tape.js';
import { parseTape, readTape } from '../../../../src/bench/tape-file/read-tape.js';
import { PlimsollError } from '../../../../src/shared/errors.js';
import { aBatch, aSample } from '../../../support/a-batch.js';
import { anyTapeSteps, recordARun, recordTape, TAPE_START_MS } from '../../../support/a-stored-tape.js';
import { createFakeClock } from '../../../support/fake-clock.js';
import { rejectionOf } from '../../../support/rejection-of.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/** Everything that a result has of measurements, and the failed requests' exact numbers, which it has not. */
function allOf(measurements: Measurements) {
  return {
    ...measurementsToDocument(measurements),
    failed: measurements.all.map(({ failedLatency: { meanUs, maxUs } }) => ({ meanUs, maxUs })),
    metrics: measurements.metrics.all.map(({ values, ...sums }) => ({ ...sums, values: values?.encode() })),
  };
}

function failureOf(bytes: Buffer): PlimsollError | undefined {
  try {
    measureTape(parseTape(bytes, 'tape.plm'));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof PlimsollError) return thrown;
    throw thrown;
  }
}

function frameOf(letter: string, fields: Buffer): Buffer {
  return writeFrame(Buffer.concat([Buffer.from(letter), fields]));
}

describe('a tape file', () => {
  it('measures to the last digit what the run measured', () => {
    const { bytes, measurements } = recordARun();
    const tape = parseTape(bytes, 'tape.plm');
    expect(tape).to.deep.include({ runId: '20261123-081502-k3f9', ending: { status: 'whole' } });
    expect(allOf(measureTape(tape))).to.deep.equal(allOf(measurements));
    const total = (read: 'requests' | 'setApart' | 'outlived' | 'failures' | 'dropped') =>
      measurements.all.filter(({ endpoint }) => endpoint === ALL_ENDPOINTS).map((one) => one[read]);
    // It is a run in which there is something of everything.
    expect(total('requests').every((count) => count > 0)).to.equal(true);
    expect(Math.max(...total('setApart')), 'set apart').to.be.above(0);
    expect(Math.max(...total('outlived')), 'outlived').to.be.above(0);
    expect(Math.max(...total('failures')), 'failures').to.be.above(0);
    expect(Math.max(...total('dropped')), 'dropped').to.be.above(0);
  });

  it('does so whatever the run was like', () => {
    fc.assert(
      fc.property(anyTapeSteps, (steps) => {
        const { bytes, measurements } = recordTape(steps);
        expect(allOf(measureTape(parseTape(bytes, 'tape.plm')))).to.deep.equal(allOf(measurements));
      }),
      { numRuns: 60 },
    );
  });

  it('has seconds that follow each other and never cross a border', () => {
    fc.assert(
      fc.property(anyTapeSteps, (steps) => {
        const { spans, seconds } = parseTape(recordTape(steps).bytes, 'tape.plm');
        const filled = seconds.filter(({ startMs, endMs }) => startMs < endMs);
        for (const [index, second] of filled.entries()) {
          const span = spans[second.span]!;
          expect(second.startMs).to.be.at.least(span.startMs);
          expect(second.endMs).to.be.at.most(span.endMs);
          expect(second.startMs).to.equal(filled[index - 1]?.endMs ?? TAPE_START_MS);
        }
      }),
      { numRuns: 60 },
    );
  });

  describe('cut short', () => {
    it('at any byte, is read to its last whole record, and says so', () => {
      const { bytes, frames } = recordARun();
      const whole = parseTape(bytes, 'tape.plm');
      const headBytes = frames.slice(0, 3).reduce((total, frame) => total + frame.length, 0);
      const ends = frames.map((_, index) =>
        frames.slice(0, index + 1).reduce((total, frame) => total + frame.length, 0),
      );
      for (let length = 0; length < bytes.length; length++) {
        const part = bytes.subarray(0, length);
        if (length < headBytes) {
          expect(failureOf(part)?.message, `${length} bytes`).to.include('ends before its first record');
          continue;
        }
        const tape = parseTape(part, 'tape.plm');
        const wholeBytes = ends.findLast((end) => end <= length);
        expect(tape.ending, `${length} bytes`).to.deep.equal({ status: 'cut-short', wholeBytes });
        expect(tape.seconds).to.deep.equal(whole.seconds.slice(0, tape.seconds.length));
      }
    });

    it('measures what it has', () => {
      const { frames, measurements } = recordARun();
      const tape = parseTape(Buffer.concat(frames.slice(0, -1)), 'tape.plm');
      expect(measureTape(tape).find('fault', ALL_ENDPOINTS)).to.deep.include({
        requests: measurements.find('fault', ALL_ENDPOINTS)!.requests,
      });
    });

    it('by zeros, as a loss of power leaves them, is cut short there', () => {
      const { frames } = recordARun();
      const whole = Buffer.concat(frames.slice(0, -1));
      const tape = parseTape(Buffer.concat([whole, Buffer.alloc(4096)]), 'tape.plm');
      expect(tape.ending).to.deep.equal({ status: 'cut-short', wholeBytes: whole.length });
    });
  });

  it('tells of any byte that was changed, and where', () => {
    const { bytes, frames } = recordARun();
    const starts = frames.map((_, index) =>
      frames.slice(0, index).reduce((total, frame) => total + frame.length, 0),
    );
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      const message = failureOf(changed)?.message;
      const start = starts.findLast((one) => one <= at);
      expect(message, `byte ${at}`).to.match(
        start === 0 ? /no tape of Plimsoll/ : new RegExp(`damaged at byte ${start}:`),
      );
    }
  });

  it('of a later version is refused, with both versions', () => {
    const bytes = recordTape([]).frames;
    const header = Buffer.from(JSON.stringify({ version: 9, runId: 'x' }));
    const failure = failureOf(Buffer.concat([bytes[0]!, frameOf('H', header)]));
    expect(failure?.message).to.include('version 9').and.include('reads versions 1 to 2');
  });

  it('may have records of types that came later', () => {
    const { frames, measurements } = recordARun();
    const bytes = Buffer.concat([...frames.slice(0, 3), frameOf('Z', Buffer.from('{}')), ...frames.slice(3)]);
    expect(allOf(measureTape(parseTape(bytes, 'tape.plm')))).to.deep.equal(allOf(measurements));
  });

  describe('measured in a window', () => {
    it('gives what ended in its whole seconds, by phase', () => {
      const { bytes, measurements } = recordARun();
      const tape = parseTape(bytes, 'tape.plm');
      const { startMs, endMs } = tape.spans.find(({ phase }) => phase === 'fault')!;
      const window = measureWindow(tape, startMs, endMs);
      const fault = measurements.find('fault', ALL_ENDPOINTS)!;
      expect(window).to.include({ fromMs: startMs, toMs: endMs });
      const inWindow = window.measurements.find('fault', ALL_ENDPOINTS)!;
      expect(inWindow).to.include({ outlived: 0, durationMs: fault.durationMs });
      expect(inWindow.requests).to.equal(fault.requests - fault.outlived);
      expect(inWindow.latency.encode()).to.equal((fault.withinWindow?.latency ?? fault.latency).encode());
    });

    it('adds up: any two windows side by side have what the whole has', () => {
      fc.assert(
        fc.property(anyTapeSteps, fc.nat(), (steps, pick) => {
          const tape = parseTape(recordTape(steps).bytes, 'tape.plm');
          if (tape.seconds.length < 2) return;
          const cut = tape.seconds[1 + (pick % (tape.seconds.length - 1))]!.startMs;
          const counts = (measured: Measurements) =>
            measured.slices.reduce((total, { requests }) => total + requests, 0);
          const halves = [
            { ...tape, seconds: tape.seconds.filter(({ startMs }) => startMs < cut) },
            { ...tape, seconds: tape.seconds.filter(({ startMs }) => startMs >= cut) },
          ].map((half) =>
            half.seconds.length === 0 ? 0 : counts(measureWindow(half, -Infinity, Infinity).measurements),
          );
          expect(halves[0]! + halves[1]!).to.equal(counts(measureTape(tape)));
        }),
        { numRuns: 40 },
      );
    });

    it('leaves a second out that the window cuts, and refuses one without a whole second', () => {
      const tape = parseTape(recordARun().bytes, 'tape.plm');
      const second = tape.seconds[2]!;
      const window = measureWindow(tape, second.startMs - 1, second.endMs + 1);
      expect(window).to.include({ fromMs: second.startMs, toMs: second.endMs });
      expect(() => measureWindow(tape, second.startMs + 1, second.endMs)).to.throw('no whole second');
    });
  });

  describe('on disk', () => {
    const folder = temporaryFolder();

    it('is written while the tape is recorded, and read again', async () => {
      const path = join(folder.path, 'tape.plm');
      const file = createTapeFile(path, 'run-1');
      const clock = createFakeClock(TAPE_START_MS);
      const tape = createTape({ clock, sink: file.sink });
      tape.begin('steady');
      tape.write(aBatch([aSample({ startMs: TAPE_START_MS, endpoint: tape.endpoint('GET /') })]));
      clock.advanceTo(TAPE_START_MS + 5000);
      const measurements = tape.finish();
      const end = await file.close();
      expect(end).to.deep.equal({ status: 'whole', bytes: (await readFile(path)).length });
      expect(allOf(measureTape(await readTape(path)))).to.deep.equal(allOf(measurements));
    });

    it('that cannot be written disturbs nobody, and tells at the end', async () => {
      const file = createTapeFile(join(folder.path, 'nowhere', 'tape.plm'), 'run-1');
      const tape = createTape({ clock: createFakeClock(TAPE_START_MS), sink: file.sink });
      tape.begin('steady');
      tape.finish();
      expect(await file.close()).to.have.property('status', 'cut-short');
      expect(await file.close()).to.have.nested.property('reason.code', 'ENOENT');
    });

    it('that is not there is asked for by name', async () => {
      const error = await rejectionOf(readTape('/nowhere/tape.plm'));
      expect(error.message).to.include('/nowhere/tape.plm');
    });
  });
});
