import { expect } from 'chai';
import { createRecorder, distributionOf, recordLatency } from '../../../src/bench/histogram.js';
import type { Slice } from '../../../src/bench/measurement.js';
import { parseStopCondition } from '../../../src/sla/parse-stop-condition.js';
import { createStopWatch } from '../../../src/sla/watch-stop-conditions.js';

function aSlice(given: Partial<Slice> & { readonly ms?: number } = {}): Slice {
  const { ms = 10, ...overrides } = given;
  const recorder = createRecorder();
  const requests = given.requests ?? 100;
  for (let request = 0; request < requests; request++) recordLatency(recorder, ms * 1000);
  return {
    startMs: 0,
    endMs: 1000,
    phase: 'fault',
    requests,
    failures: 0,
    dropped: 0,
    latency: distributionOf(recorder),
    ...overrides,
  };
}

const FAILING = aSlice({ failures: 83 });
const SILENT = aSlice({ requests: 0 });

/** After which slice the condition is met; undefined where it never is. */
function metAfter(text: string, slices: readonly Slice[]): number | undefined {
  const parsed = parseStopCondition(text);
  if (!parsed.ok) throw new Error(`cannot read "${text}"`);
  const watch = createStopWatch([parsed.condition]);
  const index = slices.findIndex((slice) => watch.take(slice) !== undefined);
  return index < 0 ? undefined : index + 1;
}

function times(count: number, slice: Slice): Slice[] {
  return Array.from({ length: count }, () => slice);
}

describe('createStopWatch', () => {
  it('is met when the condition held on every second of its time', () => {
    expect(metAfter('errors > 50% for 5s', times(9, FAILING))).to.equal(5);
    expect(metAfter('errors > 50% for 4500ms', times(9, FAILING))).to.equal(5);
    expect(metAfter('errors > 83% for 5s', times(9, FAILING))).to.equal(undefined);
    expect(metAfter('p95 >= 2s for 2s', times(9, aSlice({ ms: 2500 })))).to.equal(2);
    expect(metAfter('availability < 20% for 1s', times(9, FAILING))).to.equal(1);
    expect(metAfter('dropped > 0 for 3s', times(9, aSlice({ dropped: 2 })))).to.equal(3);
  });

  it('counts failed requests as the SLA counts them in latencies', () => {
    const fast = aSlice({ ms: 1, requests: 60, failures: 60 });
    const slices = times(5, { ...fast, failedLatency: fast.latency });
    const metBy = (failures: 'slowest' | 'left-out' | 'as-measured', limit: string) => {
      const parsed = parseStopCondition(`p95 ${limit} for 2s`);
      if (!parsed.ok) throw new Error('cannot be read');
      const watch = createStopWatch([{ ...parsed.condition, failures }]);
      return slices.some((slice) => watch.take(slice) !== undefined);
    };
    expect(metBy('as-measured', '> 1h')).to.equal(false);
    expect(metBy('slowest', '> 1h')).to.equal(true);
    expect(metBy('as-measured', '< 1h')).to.equal(true);
    expect(metBy('left-out', '< 1h')).to.equal(false);
  });

  it('begins anew after a second in which it did not hold', () => {
    const slices = [...times(4, FAILING), aSlice(), ...times(9, FAILING)];
    expect(metAfter('errors > 50% for 5s', slices)).to.equal(10);
  });

  it('is neither met by silence nor set back by it', () => {
    expect(metAfter('errors > 50% for 5s', times(60, SILENT))).to.equal(undefined);
    const hanging = [FAILING, ...times(9, SILENT), ...times(4, FAILING)];
    expect(metAfter('errors > 50% for 5s', hanging)).to.equal(14);
    expect(metAfter('p50 < 1s for 1s', times(5, SILENT))).to.equal(undefined);
  });

  it('reads silence as the rate that it is', () => {
    expect(metAfter('rate < 10/s for 5s', times(9, SILENT))).to.equal(5);
    expect(metAfter('dropped > 10 for 2s', times(9, aSlice({ requests: 0, dropped: 90 })))).to.equal(2);
  });

  it('passes over slices of other phases, and those that a border cut short', () => {
    const others = [aSlice({ failures: 100, phase: 'transition' }), aSlice({ failures: 0, endMs: 300 })];
    expect(
      metAfter(
        'errors > 50% for 5s',
        times(5, FAILING).flatMap((slice) => [slice, ...others]),
      ),
    ).to.equal(13);
    expect(metAfter('errors > 50% for 1s', times(9, aSlice({ failures: 100, phase: 'recovery' })))).to.equal(
      undefined,
    );
    const fractional = aSlice({ failures: 100, startMs: 0.1 + 0.2, endMs: 1000.3 });
    expect(metAfter('errors > 50% for 1s', [fractional])).to.equal(1);
  });

  it('says which of several conditions was met, and what was seen', () => {
    const conditions = ['p95 > 2s for 2s', 'errors > 50% for 3s'].map((text) => {
      const parsed = parseStopCondition(text);
      if (!parsed.ok) throw new Error(text);
      return parsed.condition;
    });
    const watch = createStopWatch(conditions);
    expect([watch.take(FAILING), watch.take(FAILING)]).to.deep.equal([undefined, undefined]);
    expect(watch.take(FAILING)).to.deep.equal({
      condition: conditions[1],
      reason: 'the stop condition "errors > 50% for 3s" was met: errors were 83 % in its last second',
    });
  });
});
