import { expect } from 'chai';
import fc from 'fast-check';
import { createBenchOutput, type BenchEvent } from '../../../../src/bench/go-bench/bench-output.js';
import { createBenchmarkRecorder } from '../../../../src/bench/go-bench/benchmark-recorder.js';
import { parseBenchLine } from '../../../../src/bench/go-bench/parse-bench-line.js';

/** As Go 1.26 printed it. */
const OUTPUT = `Unit p95-ms better=lower
goos: linux
goarch: amd64
pkg: example.com/orders
cpu: AMD EPYC
BenchmarkSubmit-2   \t      10\t  10204168 ns/op\t         1.500 p95-ms
BenchmarkSub/size-1-2         \t     100\t   1132591 ns/op\t     512 B/op\t       3 allocs/op
--- BENCH: BenchmarkSub/size-1-2
    orders_test.go:4: größer
--- SKIP: BenchmarkLater
    orders_test.go:9: not today
BenchmarkBroken-2   \t--- FAIL: BenchmarkBroken-2
    orders_test.go:12: dial tcp: connection refused
    orders_test.go:13: no order
BenchmarkLast-2 \tnoise of its own
PASS
`;

describe('the output of go test -bench', () => {
  it('is read into readings, units and where it was measured', () => {
    const events = read([OUTPUT]);
    expect(events.filter(({ kind }) => kind !== 'begun' && kind !== 'config')).to.deep.equal([
      { kind: 'unit', unit: 'p95-ms', better: 'lower' },
      {
        kind: 'reading',
        reading: {
          name: 'BenchmarkSubmit',
          procs: 2,
          iterations: 10,
          startMs: 0,
          endMs: 0,
          values: [
            { unit: 'ns/op', value: 10_204_168 },
            { unit: 'p95-ms', value: 1.5 },
          ],
        },
      },
      {
        kind: 'reading',
        reading: {
          name: 'BenchmarkSub/size-1',
          procs: 2,
          iterations: 100,
          startMs: 0,
          endMs: 0,
          values: [
            { unit: 'ns/op', value: 1_132_591 },
            { unit: 'B/op', value: 512 },
            { unit: 'allocs/op', value: 3 },
          ],
        },
      },
      { kind: 'skipped', name: 'BenchmarkLater', detail: 'orders_test.go:9: not today' },
      {
        kind: 'failed',
        name: 'BenchmarkBroken',
        detail: 'orders_test.go:12: dial tcp: connection refused\norders_test.go:13: no order',
      },
      { kind: 'unreadable', line: 'BenchmarkLast-2 \tnoise of its own' },
    ]);
    expect(recordOf(events).log().config).to.deep.equal({
      goos: 'linux',
      goarch: 'amd64',
      pkg: 'example.com/orders',
      cpu: 'AMD EPYC',
    });
  });

  it('tells the same wherever it is cut', () => {
    const bytes = new TextEncoder().encode(OUTPUT);
    const whole = timeless(read([OUTPUT]));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const output = createBenchOutput();
        const events = places
          .slice(1)
          .flatMap((to, index) => output.push(bytes.slice(places[index], to), index));
        expect(timeless([...events, ...output.end()])).to.deep.equal(whole);
      }),
    );
  });

  it('reads back whatever results are printed', () => {
    const word = fc.stringMatching(/^[A-Z][A-Za-z0-9_/=]{0,12}[A-Za-z]$/);
    const unit = fc.stringMatching(/^[a-zA-Z%][a-zA-Z0-9/%_-]{0,10}$/);
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
    const values = fc.array(fc.record({ unit, value }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        word,
        fc.integer({ min: 2, max: 256 }),
        fc.integer({ min: 1 }),
        values,
        (name, procs, n, all) => {
          const pairs = all.map((one) => `${one.value} ${one.unit}`).join('\t');
          expect(parseBenchLine(`Benchmark${name}-${procs} \t ${n}\t${pairs}`)).to.deep.equal({
            kind: 'result',
            name: `Benchmark${name}`,
            procs,
            iterations: n,
            values: all.map((one) => ({ unit: one.unit, value: Number(String(one.value)) })),
          });
        },
      ),
    );
  });

  it('takes a measuring to last from the name to the end of its line', () => {
    const output = createBenchOutput();
    const text = (part: string) => new TextEncoder().encode(part);
    expect(output.push(text('PASS\nBenchmarkA-2 \t'), 100)).to.deep.equal([{ kind: 'begun', atMs: 100 }]);
    expect(output.push(text('  5\t 7 ns/'), 300)).to.deep.equal([]);
    const [first] = output.push(text('op\nBenchmarkA-2 \t'), 400);
    expect(first).to.have.nested.property('reading.startMs', 100);
    expect(first).to.have.nested.property('reading.endMs', 400);
    const [second] = output.push(text(' 5\t 8 ns/op\n'), 700);
    expect(second).to.have.nested.property('reading.startMs', 400);
  });

  it('takes no half line at the end for a result', () => {
    const output = createBenchOutput();
    output.push(new TextEncoder().encode('BenchmarkA \t 5\t 7 ns/op'), 1);
    expect(output.end()).to.deep.equal([]);
  });

  it('has no number of processors where there is one', () => {
    expect(parseBenchLine('BenchmarkA/big 1 2 ns/op')).to.include({ name: 'BenchmarkA/big', procs: 1 });
    expect(parseBenchLine('BenchmarkA/big-16 1 2 ns/op')).to.include({ name: 'BenchmarkA/big', procs: 16 });
  });

  it('passes over what is no benchmark, and values that are no number', () => {
    expect(parseBenchLine('Benchmarking is fun 5')).to.deep.equal({ kind: 'other' });
    expect(parseBenchLine('BenchmarkA')).to.deep.equal({ kind: 'other' });
    expect(parseBenchLine('BenchmarkA 3 NaN p95-ms 5 ns/op')).to.deep.include({
      values: [{ unit: 'ns/op', value: 5 }],
    });
    expect(parseBenchLine('BenchmarkA 0 5 ns/op').kind).to.equal('unreadable');
    expect(parseBenchLine('BenchmarkA 3 5').kind).to.equal('unreadable');
    expect(parseBenchLine('Unit p95-ms assume=exact better=higher')).to.deep.equal({
      kind: 'unit',
      unit: 'p95-ms',
      better: 'higher',
    });
  });

  it('counts what could not be read, and knows which way the usual units get better', () => {
    const recorder = recordOf(read(['BenchmarkA x y\nBenchmarkB x z\nUnit MB/s better=lower\n']));
    expect(recorder.unreadable).to.deep.equal({ count: 2, first: 'BenchmarkA x y' });
    expect(recorder.log().better).to.include({ 'ns/op': 'lower', 'MB/s': 'lower' });
  });
});

function read(parts: readonly string[]): readonly BenchEvent[] {
  const output = createBenchOutput();
  const events = parts.flatMap((part) => output.push(new TextEncoder().encode(part), 0));
  return [...events, ...output.end()];
}

/** Without the times, which are those of the pieces. */
function timeless(events: readonly BenchEvent[]): unknown {
  return events.map((event) =>
    event.kind === 'reading'
      ? { ...event, reading: { ...event.reading, startMs: 0, endMs: 0 } }
      : event.kind === 'begun'
        ? { ...event, atMs: 0 }
        : event,
  );
}

function recordOf(events: readonly BenchEvent[]) {
  const recorder = createBenchmarkRecorder();
  for (const event of events) recorder.take(event);
  return recorder;
}
