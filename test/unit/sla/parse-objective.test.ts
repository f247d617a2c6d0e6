import { expect } from 'chai';
import fc from 'fast-check';
import type { JudgedPhase, Objective } from '../../../src/sla/objective.js';
import { parseObjective } from '../../../src/sla/parse-objective.js';

function read(text: string, phase: JudgedPhase = 'fault'): Objective {
  const parsed = parseObjective(text, phase);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.objective;
}

/** The message, and the characters that it points at. */
function refusal(text: string, phase: JudgedPhase = 'fault'): { message: string; at: string } {
  const parsed = parseObjective(text, phase);
  if (parsed.ok) throw new Error(`"${text}" was read`);
  const { message, start, end } = parsed.error;
  expect(start, text).to.be.within(0, Math.max(0, text.length - 1));
  expect(end, text).to.be.within(start + 1, Math.max(1, text.length));
  return { message, at: text.slice(start, end) };
}

describe('parseObjective', () => {
  it('reads every indicator with a limit in its own unit', () => {
    const cases: [string, Objective['indicator'], number][] = [
      ['p50 <= 120ms', { kind: 'percentile', percent: 50 }, 120_000],
      ['p99.9 < 1.5s', { kind: 'percentile', percent: 99.9 }, 1_500_000],
      ['p99.95 < 1m', { kind: 'percentile', percent: 99.95 }, 60_000_000],
      ['mean < 80us', { kind: 'mean' }, 80],
      ['max < 2s', { kind: 'max' }, 2_000_000],
      ['errors < 0.1%', { kind: 'errors' }, 0.001],
      ['availability >= 99.9 %', { kind: 'availability' }, 0.999],
      ['rate >= 95/s', { kind: 'rate' }, 95],
      ['rate >= 6000/m', { kind: 'rate' }, 100],
      ['dropped <= 10', { kind: 'dropped' }, 10],
    ];
    for (const [text, indicator, value] of cases) {
      expect(read(text), text).to.deep.include({ text, indicator, limit: { kind: 'absolute', value } });
    }
    expect(read('recovery <= 15s', 'recovery').limit).to.deep.equal({ kind: 'absolute', value: 15_000 });
  });

  it('reads every comparator', () => {
    for (const comparator of ['<', '<=', '>', '>='] as const) {
      expect(read(`p95${comparator}350ms`).comparator).to.equal(comparator);
    }
    expect(read('p95 ≤ 350ms').comparator).to.equal('<=');
  });

  it('reads limits that relate to the steady phase or the baseline', () => {
    expect(read('p95 <= 3x steady').limit).to.deep.equal({ kind: 'ratio', factor: 3, of: 'steady' });
    expect(read('p95 <= 1.5 x of baseline').limit).to.deep.equal({
      kind: 'ratio',
      factor: 1.5,
      of: 'baseline',
    });
    expect(read('p95 <= 110% of baseline').limit).to.deep.equal({
      kind: 'ratio',
      factor: 1.1,
      of: 'baseline',
    });
    expect(read('errors <= steady').limit).to.deep.equal({ kind: 'ratio', factor: 1, of: 'steady' });
    expect(read('p95 <= steady + 250ms').limit).to.deep.equal({
      kind: 'offset',
      plus: 250_000,
      of: 'steady',
    });
    expect(read('rate >= steady - 5/s').limit).to.deep.equal({ kind: 'offset', plus: -5, of: 'steady' });
    expect(read('errors <= baseline + 0.5%').limit).to.deep.equal({
      kind: 'offset',
      plus: 0.005,
      of: 'baseline',
    });
    expect(read('p95 <= 110% of baseline', 'steady').limit).to.include({ of: 'baseline' });
  });

  it('reads the endpoint', () => {
    expect(read('p95{name="POST /orders"} <= 3x steady').tags).to.deep.equal({ name: 'POST /orders' });
    expect(read('p95 { name = "say \\"hi\\"" } < 1s').tags).to.deep.equal({ name: 'say "hi"' });
    expect(read('p95 < 1s').tags).to.deep.equal({});
  });

  it('says what is wrong, and points at it', () => {
    const cases: [string, string, string][] = [
      ['p95 < 350', '350', 'a latency needs a unit (350ms, 0.35s)'],
      ['p95 <', '<', 'a limit is missing; a latency needs a unit (350ms, 0.35s)'],
      ['', '', 'an objective begins with what is read'],
      ['p100 < 1s', 'p100', 'a percentile lies between 0 and 100; the largest value is "max"'],
      ['erors < 1%', 'erors', '"erors" is no indicator; did you mean "errors"?'],
      ['latency < 1s', 'latency', '"latency" is no indicator; there are p95 (any percentile), mean'],
      ['p95 = 1s', '=', '"=" is no comparator; there are <, <=, > and >='],
      ['p95 =< 1s', '=<', '"=<" is no comparator; did you mean "<="?'],
      ['p95 1s', '1s', 'a comparator is missing'],
      ['p95{name=x} < 1s', 'name', 'the value of a tag stands behind "=" in double quotes'],
      ['p95{name="x" < 1s', '{name="x" ', 'the tags have no closing "}"'],
      ['p95{} < 1s', '{', 'a tag is written like {name="POST /orders"}'],
      ['p95{name="a", name="b"} < 1s', 'name', 'the tag "name" is there already'],
      ['dropped{name="x"} < 1', '{', '"dropped" is known for all requests together alone'],
      ['p95 < 3x stedy', 'stedy', 'there is nothing called "stedy" to relate to; did you mean "steady"?'],
      ['p95 < 3x yesterday', 'yesterday', 'there is nothing called "yesterday" to relate to; there are'],
      ['p95 < steady + 10%', '10%', 'a share of the steady reading is written as "110% of steady"'],
      ['p95 < steady +', '+', 'a latency needs a unit'],
      ['errors < 0.1', '0.1', 'a share is a percentage of at most 100 (1%, 0.1%)'],
      ['errors < 250%', '250%', 'a share is a percentage of at most 100 (1%, 0.1%)'],
      ['rate > 100', '100', 'a rate is a number per time (50/s, 3000/m)'],
      ['dropped < 1.5', '1.5', 'a count is a whole number (0, 10)'],
      ['metric < 3', 'metric', 'a metric is named in brackets: metric("name", "p95")'],
      ['recovery < 15s', 'recovery', 'can be judged in the recovery phase alone, not in the fault phase'],
    ];
    for (const [text, at, message] of cases) {
      const refused = refusal(text);
      expect(refused.message, text).to.contain(message);
      expect(refused.at, text).to.equal(at);
    }
    expect(refusal('p95 < 3x steady', 'steady')).to.deep.include({ at: '3x steady' });
    expect(refusal('recovery < 3x steady', 'recovery')).to.deep.include({ at: '3x steady' });
  });

  it('never throws, whatever it is given', () => {
    const bits = fc.constantFrom(
      'p95',
      ' ',
      '<',
      '=',
      '{',
      '}',
      '"',
      'name',
      'x',
      'steady',
      '%',
      'of',
      '1',
      '.',
      'ms',
      '+',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(bits).map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parseObjective(text, 'fault');
          if (!parsed.ok) expect(parsed.error.start).to.be.lessThan(parsed.error.end);
        },
      ),
    );
  });

  it('reads the same limit in whatever unit it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (us) => {
        const limit = read(`p95 <= ${us}us`).limit;
        expect(read(`p95 <= ${us / 1000}ms`).limit).to.deep.equal(limit);
        if (us >= 10) expect(read(`p95 <= ${us / 1_000_000}s`).limit).to.deep.equal(limit);
      }),
    );
  });
});
