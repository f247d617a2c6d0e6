import { expect } from 'chai';
import fc from 'fast-check';
import { createTape } from '../../../src/bench/create-tape.js';
import {
  distributionOf,
  createRecorder,
  mergeRecorders,
  recordLatency,
} from '../../../src/bench/histogram.js';
import type { Measurements, Slice } from '../../../src/bench/measurement.js';
import { ALL_ENDPOINTS } from '../../../src/bench/measurement.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../src/bench/sample-batch.js';
import type { Tape } from '../../../src/bench/tape.js';
import type { Phase } from '../../../src/shared/phases.js';
import { PHASES } from '../../../src/shared/phases.js';
import type { ASample } from '../../support/a-batch.js';
import { aBatch, aSample } from '../../support/a-batch.js';
import type { FakeClock } from '../../support/fake-clock.js';
import { createFakeClock } from '../../support/fake-clock.js';

const T0 = 1_000_000;
const ENDPOINTS = ['GET /', 'POST /orders', 'GET /cart'];

interface Rig {
  readonly clock: FakeClock;
  readonly tape: Tape;
}

function aTape(): Rig {
  const clock = createFakeClock(T0);
  const tape = createTape({ clock });
  for (const name of ENDPOINTS) tape.endpoint(name);
  return { clock, tape };
}

/** A border `atMs` after the start. */
function at({ clock }: Rig, atMs: number): void {
  clock.advanceTo(T0 + atMs);
}

function write(rig: Rig, ...samples: readonly Partial<ASample>[]): void {
  rig.tape.write(aBatch(samples.map((given) => aSample({ ...given, startMs: T0 + (given.startMs ?? 0) }))));
}

/** Steady from 0 to 10 s, fault from 11 s to 21 s, recovery from 22 s to 32 s after the start; then `writeAll`. */
function afterARun(...samples: readonly Partial<ASample>[]): Measurements {
  const rig = aTape();
  rig.tape.begin('steady');
  at(rig, 10_000);
  rig.tape.end();
  at(rig, 11_000);
  rig.tape.begin('fault');
  at(rig, 21_000);
  rig.tape.end();
  at(rig, 22_000);
  rig.tape.begin('recovery');
  at(rig, 32_000);
  rig.tape.end();
  at(rig, 90_000);
  write(rig, ...samples);
  return rig.tape.measure();
}

function allOf(measurements: Measurements, phase: Phase) {
  const found = measurements.find(phase, ALL_ENDPOINTS);
  if (found === undefined) throw new Error(`no measurement of ${phase}`);
  return found;
}

describe('createTape', () => {
  describe('membership', () => {
    it('gives a request to the phase in which it started', () => {
      const measured = afterARun(
        { startMs: 0 },
        { startMs: 11_000 },
        { startMs: 11_001 },
        { startMs: 31_000 },
      );
      expect(PHASES.map((phase) => measured.find(phase, ALL_ENDPOINTS)?.requests)).to.deep.equal([
        undefined,
        1,
        2,
        1,
      ]);
    });

    it('gives a request that started in a transition to no phase', () => {
      const measured = afterARun(
        { startMs: 10_000 },
        { startMs: 10_999 },
        { startMs: 21_000 },
        { startMs: 40_000 },
      );
      for (const phase of ['steady', 'fault', 'recovery'] as const) {
        expect(allOf(measured, phase)).to.include({ requests: 0, setApart: 0, outlived: 0 });
      }
      const slices = measured.slices.filter((slice) => slice.requests > 0);
      expect(slices.map((slice) => slice.phase)).to.deep.equal([
        'transition',
        'transition',
        'transition',
        'transition',
      ]);
    });

    it('sets apart what reaches out of the steady and the recovery phase', () => {
      const measured = afterARun(
        { startMs: 9000, latencyUs: 1_000_000 },
        { startMs: 9000, latencyUs: 1_000_010, result: RESULT_FAILED_RESPONSE },
        { startMs: 31_000, latencyUs: 2_000_000 },
      );
      expect(allOf(measured, 'steady')).to.include({ requests: 1, failures: 0, setApart: 1 });
      expect(allOf(measured, 'recovery')).to.include({ requests: 0, setApart: 1 });
      expect(allOf(measured, 'steady').latency.maxUs).to.equal(1_000_000);
    });

    it('counts what outlives the fault phase, with its full latency', () => {
      const measured = afterARun(
        { startMs: 12_000 },
        { startMs: 12_000, latencyUs: 30_000_000, result: RESULT_NO_RESPONSE },
      );
      const fault = allOf(measured, 'fault');
      expect(fault).to.include({ requests: 2, failures: 1, noResponse: 1, outlived: 1, setApart: 0 });
      expect(fault.latency.maxUs).to.equal(30_000_000);
      expect(fault.failedLatency.count).to.equal(1);
      expect(fault.withinWindow).to.include({ requests: 1, failures: 0 });
      expect(fault.withinWindow?.latency.maxUs).to.equal(5000);
    });

    it('says nothing of the window alone where nothing outlived it', () => {
      expect(allOf(afterARun({ startMs: 12_000 }), 'fault').withinWindow).to.equal(undefined);
    });

    it('counts iterations that could not start, for all endpoints together', () => {
      const rig = aTape();
      rig.tape.begin('fault');
      rig.tape.dropped(T0, 3);
      rig.tape.dropped(T0 - 1, 5);
      const measured = rig.tape.measure();
      expect(allOf(measured, 'fault').dropped).to.equal(3);
      expect(measured.find('fault', 'GET /')?.dropped).to.equal(0);
    });
  });

  describe('borders', () => {
    it('lie at the moment of the call', () => {
      const rig = aTape();
      at(rig, 500);
      expect(rig.tape.begin('steady')).to.equal(T0 + 500);
      at(rig, 700);
      expect(rig.tape.end()).to.equal(T0 + 700);
    });

    it('never lie before the end of a sample already written', () => {
      const rig = aTape();
      rig.tape.begin('steady');
      at(rig, 100);
      write(rig, { startMs: 100, latencyUs: 20_000 });
      expect(rig.tape.end()).to.equal(T0 + 120);
      expect(rig.tape.begin('fault')).to.equal(T0 + 120);
      expect(allOf(rig.tape.measure(), 'steady')).to.include({ requests: 1, setApart: 0, durationMs: 120 });
    });

    it('are not moved by a sample from a clock gone wrong', () => {
      const rig = aTape();
      rig.tape.begin('steady');
      at(rig, 100);
      write(
        rig,
        { startMs: 3_600_000 },
        { startMs: 50, latencyUs: Infinity },
        { startMs: NaN, latencyUs: NaN },
      );
      expect(rig.tape.end()).to.equal(T0 + 100);
      expect(allOf(rig.tape.measure(), 'steady').requests).to.equal(2);
    });
  });

  describe('endpoints', () => {
    it('has one index for a name', () => {
      const { tape } = aTape();
      expect(tape.endpoint('GET /')).to.equal(tape.endpoint('GET /'));
      expect(tape.endpoint('GET /')).to.not.equal(tape.endpoint('POST /orders'));
    });

    it('counts those beyond the first thousand together', () => {
      const rig = aTape();
      rig.tape.begin('steady');
      at(rig, 1000);
      const indexes = Array.from({ length: 2000 }, (_, id) => rig.tape.endpoint(`GET /orders/${id}`));
      write(rig, ...indexes.map((endpoint) => ({ endpoint })), { endpoint: 65_535 });
      const measured = rig.tape.measure();
      expect(measured.all).to.have.length(1001);
      expect(allOf(measured, 'steady').requests).to.equal(2001);
      expect(measured.find('steady', '(other endpoints)')?.requests).to.be.greaterThan(1000);
    });

    it('measures an endpoint in every phase, also where it had no request', () => {
      const measured = afterARun({ startMs: 1000, endpoint: 1 });
      expect(measured.find('fault', 'POST /orders')).to.include({ requests: 0 });
      expect(measured.find('fault', 'unheard of')).to.equal(undefined);
    });
  });

  describe('slices', () => {
    it('are seconds from the last border, cut at the next, empty ones included', () => {
      const rig = aTape();
      at(rig, 300);
      rig.tape.begin('steady');
      at(rig, 2800);
      rig.tape.end();
      at(rig, 2900);
      rig.tape.begin('fault');
      at(rig, 4000);
      const spans = rig.tape
        .measure()
        .slices.map(({ phase, startMs, endMs }) => [phase, startMs - T0, endMs - T0]);
      expect(spans).to.deep.equal([
        ['steady', 300, 1300],
        ['steady', 1300, 2300],
        ['steady', 2300, 2800],
        ['fault', 2900, 3900],
        ['fault', 3900, 4000],
      ]);
    });

    it('are handed out in order of time once all that ended in them is written', () => {
      const rig = aTape();
      const seen: [number, number][] = [];
      const unsubscribe = rig.tape.onSlice((slice) => seen.push([slice.startMs - T0, slice.requests]));
      rig.tape.begin('steady');
      at(rig, 3500);
      write(rig, { startMs: 100 }, { startMs: 995 }, { startMs: 996 }, { startMs: 2000 });
      expect(seen).to.deep.equal([]);
      rig.tape.writtenUntil(T0 + 1999);
      expect(seen).to.deep.equal([[0, 2]]);
      rig.tape.writtenUntil(T0 + 3000);
      expect(seen).to.deep.equal([
        [0, 2],
        [1000, 1],
        [2000, 1],
      ]);
      unsubscribe();
      at(rig, 5000);
      rig.tape.writtenUntil(T0 + 5000);
      expect(seen).to.have.length(3);
    });

    it('are not sealed ahead of the clock, whatever the generator says', () => {
      const rig = aTape();
      const seen: Slice[] = [];
      rig.tape.onSlice((slice) => seen.push(slice));
      rig.tape.begin('steady');
      at(rig, 1500);
      rig.tape.writtenUntil(Infinity);
      expect(seen).to.have.length(1);
    });

    it('keep a sample that comes too late for its second, in the oldest open one', () => {
      const rig = aTape();
      rig.tape.begin('steady');
      at(rig, 3000);
      rig.tape.writtenUntil(T0 + 2000);
      write(rig, { startMs: 100 });
      expect(rig.tape.measure().slices.map((slice) => slice.requests)).to.deep.equal([0, 0, 1]);
      expect(allOf(rig.tape.measure(), 'steady').requests).to.equal(1);
    });

    it('are of the phase of their requests, at the time when those ended', () => {
      const measured = afterARun({ startMs: 12_000, latencyUs: 12_500_000 });
      const [slice] = measured.slices.filter((one) => one.requests > 0);
      expect(slice).to.include({ phase: 'fault', startMs: T0 + 24_000, endMs: T0 + 25_000 });
    });
  });

  describe('the watermark', () => {
    it('says how far the writing is behind the clock', () => {
      const rig = aTape();
      at(rig, 400);
      expect(rig.tape.lagMs()).to.equal(400);
      rig.tape.writtenUntil(T0 + 300);
      rig.tape.writtenUntil(T0 + 200);
      expect(rig.tape.lagMs()).to.equal(100);
    });

    it('wakes who waits for it', async () => {
      const rig = aTape();
      let awake = 0;
      const waiting = rig.tape.caughtUp(T0 + 10, new AbortController().signal);
      const counted = waiting.then(() => awake++);
      rig.tape.writtenUntil(T0 + 9);
      await Promise.resolve();
      expect(awake).to.equal(0);
      rig.tape.writtenUntil(T0 + 10);
      await counted;
      await rig.tape.caughtUp(T0 + 5, new AbortController().signal);
    });

    it('lets the wait end with the reason of the signal', async () => {
      const { tape } = aTape();
      const reason = new Error('no time left');
      const late = new AbortController();
      const waits = [tape.caughtUp(T0 + 1, AbortSignal.abort(reason)), tape.caughtUp(T0 + 1, late.signal)];
      late.abort(reason);
      const outcomes = await Promise.allSettled(waits);
      expect(
        outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason === reason),
      ).to.deep.equal([true, true]);
    });
  });

  it('does not change what it measured before', () => {
    const rig = aTape();
    rig.tape.begin('steady');
    at(rig, 100);
    write(rig, { startMs: 10 });
    const before = rig.tape.measure();
    write(rig, { startMs: 20, latencyUs: 50_000 });
    expect(allOf(before, 'steady').requests).to.equal(1);
    expect(allOf(before, 'steady').latency.maxUs).to.equal(5000);
    expect(before.slices[0]?.requests).to.equal(1);
  });

  it('separates a target that turns slow at the fault, to the last sample', () => {
    const rig = aTape();
    const borders = [rig.tape.begin('steady')];
    const slowFromMs = T0 + 10_000;
    const slowUntilMs = T0 + 20_400;
    const samples = Array.from({ length: 6000 }, (_, index) => T0 + index * 5).map((startMs) =>
      aSample({ startMs, latencyUs: startMs >= slowFromMs && startMs < slowUntilMs ? 205_000 : 5000 }),
    );
    // The fault acts as soon as it is asked for; it is proven 300 ms later, and the same on its way out.
    for (const [border, atMs] of [
      ['end', 10_000],
      ['fault', 10_300],
      ['end', 20_300],
      ['recovery', 20_700],
      ['end', 29_000],
    ] as const) {
      clockThrough(rig, samples, atMs);
      borders.push(border === 'end' ? rig.tape.end() : rig.tape.begin(border));
    }
    clockThrough(rig, samples, 40_000);
    const measured = rig.tape.measure();
    expect(allOf(measured, 'steady').latency.maxUs).to.equal(5000);
    expect(allOf(measured, 'fault').latency.percentileUs(0)).to.be.closeTo(205_000, 205);
    expect(allOf(measured, 'recovery').latency.maxUs).to.equal(5000);
    for (const [index, phase] of [
      [0, 'steady'],
      [2, 'fault'],
      [4, 'recovery'],
    ] as const) {
      const startMs = borders[index]!;
      const endMs = borders[index + 1]!;
      const expected = samples.filter(
        (sample) =>
          sample.startMs >= startMs &&
          sample.startMs < endMs &&
          (phase === 'fault' || sample.startMs + sample.latencyUs / 1000 <= endMs),
      );
      expect(allOf(measured, phase).requests, phase).to.equal(expected.length);
    }
  });

  describe('laws', () => {
    it('counts every written sample exactly once', () => {
      fc.assert(
        fc.property(someSamples(), (samples) => {
          const { measured } = play(samples);
          const inPhases = PHASES.map((phase) => allOf(measured, phase));
          const sliced = measured.slices.reduce((sum, slice) => sum + slice.requests, 0);
          expect(sliced).to.equal(samples.length);
          const counted = inPhases.reduce((sum, one) => sum + one.requests + one.setApart, 0);
          expect(counted).to.equal(samples.filter(startsInAPhase).length);
          for (const one of inPhases) expect(one.latency.count).to.equal(one.requests);
          for (const phase of PHASES) {
            const inSlices = measured.slices.filter((slice) => slice.phase === phase);
            expect(inSlices.reduce((sum, slice) => sum + slice.requests, 0)).to.equal(
              allOf(measured, phase).requests,
            );
          }
        }),
        { numRuns: 50 },
      );
    });

    it('measures the same in whatever order and batches the samples arrive', () => {
      fc.assert(
        fc.property(someSamples(), fc.infiniteStream(fc.nat(20_000)), (samples, delays) => {
          const atOnce = play(samples);
          const delayed = play(
            samples.map((sample) => ({ ...sample, delayMs: delays.next().value as number })),
          );
          expect(summary(delayed.measured)).to.deep.equal(summary(atOnce.measured));
        }),
        { numRuns: 50 },
      );
    });

    it('gives for all endpoints what the endpoints give when merged', () => {
      fc.assert(
        fc.property(someSamples(), (samples) => {
          const { measured } = play(samples);
          for (const phase of PHASES) {
            const parts = ENDPOINTS.map((endpoint) => {
              const recorder = createRecorder();
              samples
                .filter((sample) => ENDPOINTS[sample.endpoint] === endpoint && memberOf(sample) === phase)
                .forEach((sample) => {
                  recordLatency(recorder, sample.latencyUs);
                });
              expect(measured.find(phase, endpoint)?.latency.encode()).to.equal(
                distributionOf(recorder).encode(),
              );
              return recorder;
            });
            expect(allOf(measured, phase).latency.encode()).to.equal(
              distributionOf(mergeRecorders(parts)).encode(),
            );
          }
        }),
        { numRuns: 50 },
      );
    });
  });
});

function clockThrough(rig: Rig, samples: readonly ASample[], untilMs: number): void {
  const fromMs = rig.clock.nowMs();
  const ended = samples.filter((sample) => {
    const endMs = sample.startMs + sample.latencyUs / 1000;
    return endMs > fromMs && endMs <= T0 + untilMs;
  });
  rig.clock.advanceTo(T0 + untilMs);
  rig.tape.write(aBatch(ended));
  rig.tape.writtenUntil(T0 + untilMs);
}

interface Delivered extends ASample {
  /** How long after its end it is written. */
  readonly delayMs: number;
}

/** When the phases of the laws' run begin and end. */
const WINDOWS: Readonly<Record<Phase, readonly [number, number]>> = {
  warmup: [T0 + 1000, T0 + 3000],
  steady: [T0 + 3000, T0 + 8000],
  fault: [T0 + 8700, T0 + 14_000],
  recovery: [T0 + 14_500, T0 + 20_000],
};

function someSamples(): fc.Arbitrary<Delivered[]> {
  return fc.array(
    fc.record({
      startMs: fc.double({ min: T0, max: T0 + 21_000, noNaN: true }),
      latencyUs: fc.oneof(
        fc.double({ min: 1, max: 50_000, noNaN: true }),
        fc.double({ min: 1, max: 1e7, noNaN: true }),
      ),
      endpoint: fc.nat(ENDPOINTS.length - 1),
      result: fc.constantFrom(RESULT_OK, RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE),
      delayMs: fc.constant(0),
    }),
    { maxLength: 200 },
  );
}

function endOf(sample: ASample): number {
  return sample.startMs + sample.latencyUs / 1000;
}

function startsInAPhase(sample: ASample): boolean {
  return PHASES.some((phase) => sample.startMs >= WINDOWS[phase][0] && sample.startMs < WINDOWS[phase][1]);
}

/** The phase in which a sample counts, by the words of the design. */
function memberOf(sample: ASample): Phase | undefined {
  return PHASES.find(
    (phase) =>
      sample.startMs >= WINDOWS[phase][0] &&
      sample.startMs < WINDOWS[phase][1] &&
      (phase === 'fault' || endOf(sample) <= WINDOWS[phase][1]),
  );
}

/** Runs the windows and writes every sample at its end plus its delay, those of one moment in one batch. */
function play(samples: readonly Delivered[]): { measured: Measurements } {
  const rig = aTape();
  const borders = [
    ...PHASES.map((phase) => ({ atMs: WINDOWS[phase][0], set: () => rig.tape.begin(phase) })),
    ...PHASES.filter((phase) => phase !== 'warmup').map((phase) => ({
      atMs: WINDOWS[phase][1],
      set: () => rig.tape.end(),
    })),
  ];
  const deliveries = samples.map((sample) => ({
    atMs: endOf(sample) + sample.delayMs,
    set: () => {
      rig.tape.write(aBatch([sample]));
      rig.tape.writtenUntil(rig.clock.nowMs() - 500);
    },
  }));
  for (const { atMs, set } of [...borders, ...deliveries].toSorted((a, b) => a.atMs - b.atMs)) {
    rig.clock.advanceTo(atMs);
    set();
  }
  return { measured: rig.tape.measure() };
}

function summary(measured: Measurements): unknown {
  return measured.all.map(({ latency, failedLatency, withinWindow, ...rest }) => ({
    ...rest,
    latency: latency.encode(),
    meanUs: latency.meanUs,
    maxUs: latency.maxUs,
    failed: failedLatency.encode(),
    within: withinWindow?.latency.encode(),
  }));
}
