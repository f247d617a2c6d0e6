import { expect } from 'chai';
import { parseObjective } from '../../../../src/sla/parse-objective.js';
import { parseStopCondition } from '../../../../src/sla/parse-stop-condition.js';
import { anObjective } from '../../../support/an-sla.js';

describe('objectives of benchmarks', () => {
  it('name the benchmark and its unit, and take a limit in it', () => {
    expect(anObjective('bench("BenchmarkSubmit/small", "p95-ms") <= 350')).to.deep.include({
      indicator: { kind: 'bench', name: 'BenchmarkSubmit/small', unit: 'p95-ms' },
      comparator: '<=',
      limit: { kind: 'absolute', value: 350 },
      tags: {},
    });
    const limits: readonly (readonly [unit: string, limit: string, value: number])[] = [
      ['ns/op', '1.5e6', 1_500_000],
      ['ns/op', '12ms', 12_000_000],
      ['ns/op', '900 ns/op', 900],
      ['p95-ms', '0.35s', 350],
      ['sec/op', '20ms', 0.02],
      ['MB/s', '80', 80],
      ['errors', '-2.5', -2.5],
    ];
    for (const [unit, limit, value] of limits) {
      expect(anObjective(`bench( "BenchmarkA" , "${unit}" ) < ${limit}`).limit, limit).to.deep.equal({
        kind: 'absolute',
        value,
      });
    }
  });

  it('relate to the steady phase and to a baseline', () => {
    const limitOf = (text: string) => anObjective(`bench("BenchmarkA", "ns/op") <= ${text}`).limit;
    expect(limitOf('3x steady')).to.deep.equal({ kind: 'ratio', factor: 3, of: 'steady' });
    expect(limitOf('110% of baseline')).to.deep.equal({ kind: 'ratio', factor: 1.1, of: 'baseline' });
    expect(limitOf('steady + 250ms')).to.deep.equal({ kind: 'offset', plus: 250_000_000, of: 'steady' });
  });

  it('say what is wrong, and point at it', () => {
    const wrong: readonly (readonly [line: string, at: string, message: string])[] = [
      ['bench("BenchmarkA") < 3', '("BenchmarkA") < 3', 'with its unit'],
      ['bench < 3', 'bench', 'named in brackets'],
      ['bench("Submit", "ns/op") < 3', '("Submit", "ns/op")', 'begins with "Benchmark"'],
      ['bench("BenchmarkA", "") < 3', '("BenchmarkA", "")', 'which of its units'],
      ['bench("BenchmarkA", "B/op") < 3KiB', '3KiB', 'a plain number in B/op (350)'],
      ['bench("BenchmarkA", "p95-ms") < fast', 'fast', 'nothing called "fast"'],
      ['bench("BenchmarkA", "p95-ms") <', '<', 'or a time (350ms)'],
      ['bench("BenchmarkA", "ns/op"){name="x"} < 3', '{', 'all requests together'],
    ];
    for (const [line, at, message] of wrong) {
      const parsed = parseObjective(line, 'fault');
      if (parsed.ok) throw new Error(line);
      const { error } = parsed;
      expect(error.message, line).to.include(message);
      expect(line.slice(error.start, error.end), line).to.equal(at);
    }
  });

  it('cannot stop a run, since nobody sees them second by second', () => {
    const parsed = parseStopCondition('bench("BenchmarkA", "ns/op") > 5 for 5s');
    expect(parsed).to.have.nested.property('error.message').that.includes('not known second by second');
  });
});
