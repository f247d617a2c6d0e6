import { expect } from 'chai';
import type { Slice } from '../../../src/bench/measurement.js';
import { createRecorder, distributionOf, recordLatency } from '../../../src/bench/histogram.js';
import { createLiveRegion } from '../../../src/cli/live-region.js';
import { createProgress } from '../../../src/cli/create-progress.js';
import { aKeptOutput, type KeptOutput } from '../../support/a-context.js';
import { createFakeClock } from '../../support/fake-clock.js';

function aSlice(startMs: number, phase: Slice['phase'], latencyMs: number, failures = 0): Slice {
  const recorder = createRecorder();
  for (let index = 0; index < 100; index++) recordLatency(recorder, latencyMs * 1000);
  const latency = distributionOf(recorder);
  return { startMs, endMs: startMs + 1000, phase, requests: 100, failures, dropped: 0, latency };
}

function open(look: { live: boolean }) {
  const output = aKeptOutput(look);
  const clock = createFakeClock(0);
  const progress = createProgress(output, createLiveRegion(output), clock);
  return { output, clock, ...progress };
}

const ESCAPE = '\u001b[';

/** What a terminal would show: moves up, and clears what is below. */
function screen(output: KeptOutput): readonly string[] {
  const lines: string[] = [];
  for (const piece of output.text().split('\n')) {
    const [move = '', text = piece] = piece.startsWith(ESCAPE) ? piece.split(`\r${ESCAPE}0J`) : [];
    if (move !== '') lines.length -= Number.parseInt(move.slice(ESCAPE.length), 10);
    if (text !== '') lines.push(text);
  }
  return lines;
}

/** Lets the display's own loop run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

describe('the moving display of a run', () => {
  it('shows a phase with its time, its numbers and the course of p95', async () => {
    const { output, clock, observer, close } = open({ live: true });
    observer.step({ kind: 'phase', phase: 'fault', startMs: 0, plannedMs: 30_000 });
    observer.slice(aSlice(16_000, 'fault', 12));
    observer.slice(aSlice(17_000, 'fault', 214, 1));
    clock.advanceTo(18_200);
    await settle();
    expect(screen(output)).to.have.length(1);
    expect(screen(output)[0]).to.match(
      /▸ fault {4}18 s \/ 30 s +p95 214 ms +p99 214 ms +errors 0\.5 % +100\/s +▁█$/,
    );
    close('done');
  });

  it('says how far its numbers are behind', async () => {
    const { output, clock, observer, close } = open({ live: true });
    observer.step({ kind: 'phase', phase: 'fault', startMs: 0, plannedMs: 30_000 });
    observer.slice(aSlice(0, 'fault', 12));
    clock.advanceTo(10_000);
    await settle();
    expect(screen(output)[0]).to.match(/numbers 6 s behind$/);
    close('done');
  });

  it('keeps what is over above what goes on, and gives a phase time for its last second', async () => {
    const { output, clock, observer, close } = open({ live: true });
    observer.step({ kind: 'start' });
    clock.advanceTo(1200);
    observer.step({ kind: 'phase', phase: 'steady', startMs: 1200, plannedMs: 15_000 });
    observer.slice(aSlice(15_000, 'steady', 10));
    clock.advanceTo(16_200);
    observer.step({ kind: 'inject', faults: ['delay'] });
    await settle();
    expect(screen(output).map((line) => line.trim().replaceAll(/ +/g, ' '))).to.deep.equal([
      '✔ start 1.2 s',
      '· steady 15 s p95 10 ms p99 10 ms errors 0 % 100/s',
      '▸ inject delay',
    ]);
    clock.advanceTo(16_250);
    observer.event({ atMs: 16_250, kind: 'fault-injected', message: 'delay is in: 2 of 2', target: 'delay' });
    observer.step({ kind: 'phase', phase: 'fault', startMs: 16_250, plannedMs: 30_000 });
    observer.slice(aSlice(16_250, 'fault', 210));
    expect(
      screen(output)
        .map((line) => line.trim().replaceAll(/ +/g, ' '))
        .slice(1, 3),
    ).to.deep.equal([
      '✔ steady 15 s p95 10 ms p99 10 ms errors 0 % 100/s',
      '✔ inject 50 ms delay is in: 2 of 2',
    ]);
    close('done');
  });

  it('says that a phase was cut short, and that a run did not come to its end', () => {
    const { output, clock, observer, close } = open({ live: true });
    observer.step({ kind: 'phase', phase: 'fault', startMs: 0, plannedMs: 30_000 });
    clock.advanceTo(12_000);
    close('failed');
    expect(screen(output)).to.deep.equal(['  ✖ fault    12 s of 30 s']);
  });

  it('prints events of a phase above the moving lines, without what could move the cursor', () => {
    const { output, observer, close } = open({ live: true });
    observer.step({ kind: 'phase', phase: 'fault', startMs: 0, plannedMs: 30_000 });
    observer.event({ atMs: 0, kind: 'service-exited', message: 'orders-1 exited\u001b[2J\r' });
    expect(screen(output)).to.have.length(2);
    expect(screen(output)[0]).to.equal('      orders-1 exited [2J');
    close('done');
  });

  it('writes nothing more once it is closed', async () => {
    const { output, clock, observer, close } = open({ live: true });
    observer.step({ kind: 'start' });
    close('done');
    const before = output.text();
    clock.advanceTo(60_000);
    await settle();
    close('failed');
    expect(output.text()).to.equal(before);
  });
});

describe('the log of a run, where there is no terminal', () => {
  it('has a line for each step, each event, and the numbers of each phase, and no marks', async () => {
    const { output, clock, observer, close } = open({ live: false });
    observer.step({ kind: 'start' });
    clock.advanceTo(1200);
    observer.step({ kind: 'phase', phase: 'steady', startMs: 1200, plannedMs: 15_000 });
    observer.slice(aSlice(1200, 'steady', 12));
    clock.advanceTo(16_200);
    observer.step({ kind: 'inject', faults: ['delay'] });
    observer.event({ atMs: 16_210, kind: 'fault-injected', message: 'delay is in' });
    clock.advanceTo(18_000);
    observer.slice(aSlice(17_000, 'transition', 100));
    await settle();
    close('done');
    expect(output.text().split('\n')).to.deep.equal([
      '   0:00  start',
      '   0:01  steady 15 s',
      '   0:16  inject delay',
      '   0:16    delay is in',
      '   0:18  steady: p95 12 ms   p99 12 ms   errors 0 %   100/s',
      '',
    ]);
  });
});
