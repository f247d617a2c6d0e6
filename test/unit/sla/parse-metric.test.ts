import { expect } from 'chai';
import { nameOf } from '../../../src/sla/describe-indicator.js';
import type { Objective } from '../../../src/sla/objective.js';
import { parseObjective } from '../../../src/sla/parse-objective.js';
import { parseStopCondition } from '../../../src/sla/parse-stop-condition.js';
import { anObjective } from '../../support/an-sla.js';

describe('an objective on a metric of the load', () => {
  it('names the metric, what of it is read, and a limit that says its unit', () => {
    const cases: [string, Partial<Objective['indicator']>, number][] = [
      ['metric("q", "p95") <= 300ms', { statistic: { kind: 'percentile', percent: 95 }, unit: 'ms' }, 300],
      [
        'metric("q", "p(99.9)") < 1.5s',
        { statistic: { kind: 'percentile', percent: 99.9 }, unit: 'ms' },
        1500,
      ],
      ['metric("q", "med") < 12.5', { statistic: { kind: 'percentile', percent: 50 }, unit: 'plain' }, 12.5],
      ['metric("q","avg") < 3', { statistic: { kind: 'mean' }, unit: 'plain' }, 3],
      ['metric("q", "max") < 3m', { statistic: { kind: 'max' }, unit: 'ms' }, 180_000],
      ['metric("q", "last") >= -2', { statistic: { kind: 'last' }, unit: 'plain' }, -2],
      ['metric("q", "count") >= 10', { statistic: { kind: 'count' }, unit: 'plain' }, 10],
      ['metric("q", "rate") >= 50/s', { statistic: { kind: 'rate' }, unit: 'per-second' }, 50],
      ['metric("q", "rate") >= 99%', { statistic: { kind: 'rate' }, unit: 'share' }, 0.99],
      ['metric("q") >= 99.9%', { statistic: { kind: 'value' }, unit: 'share' }, 0.999],
      ['metric("q") >= 3000/m', { statistic: { kind: 'value' }, unit: 'per-second' }, 50],
      ['metric("q") < 7', { statistic: { kind: 'value' }, unit: 'plain' }, 7],
    ];
    for (const [text, more, value] of cases) {
      const objective = anObjective(text);
      expect(objective.indicator, text).to.deep.equal({ kind: 'metric', name: 'q', ...more });
      expect(objective.limit, text).to.deep.equal({ kind: 'absolute', value });
    }
  });

  it('may relate to the steady phase, and be of samples with tags', () => {
    const objective = anObjective('metric("q", "p95"){scenario="pay", status=201} <= steady + 20ms');
    expect(objective.limit).to.deep.equal({ kind: 'offset', plus: 20, of: 'steady' });
    expect(objective.indicator).to.include({ unit: 'ms' });
    expect(objective.tags).to.deep.equal({ scenario: 'pay', status: '201' });
    expect(anObjective('metric("q", "rate") >= 90% of steady').indicator).to.include({ unit: 'plain' });
  });

  it('takes a check by its name, with quotes in it where it has some', () => {
    const { indicator } = anObjective('check("status is \\"201\\"") >= 99.9%');
    expect(indicator).to.deep.equal({
      kind: 'metric',
      name: 'checks',
      check: 'status is "201"',
      statistic: { kind: 'rate' },
      unit: 'share',
    });
    expect(nameOf(indicator)).to.equal('check("status is "201"")');
  });

  it('is called as it is written', () => {
    for (const text of ['metric("q", "p95")', 'metric("q", "count")', 'metric("q")']) {
      expect(nameOf(anObjective(`${text} < 7`).indicator)).to.equal(text);
    }
  });

  it('says what is wrong, and points at it', () => {
    const cases: [string, string, string][] = [
      ['metric < 3', 'metric', 'a metric is named in brackets'],
      ['check >= 3%', 'check', 'a check is named in brackets'],
      ['metric(q, "p95") < 3ms', 'metric', 'the name stands in double quotes: metric("name")'],
      ['metric("") < 3', '""', 'the metric has no name'],
      ['check("") >= 3%', '""', 'the check has no name'],
      ['metric("q" < 3', 'metric("q"', 'the name has no closing ")"'],
      ['metric("q", p95) < 3ms', ',', 'stands in double quotes: metric("q", "p95")'],
      ['metric("q", "p195") < 3ms', '"p195"', 'a percentile lies between 0 and 100'],
      [
        'metric("q", "mena") < 3ms',
        '"mena"',
        '"mena" is nothing that can be read of a metric; did you mean "mean"?',
      ],
      ['metric("q", "toString") < 3', '"toString"', 'there are p95 (any percentile), mean'],
      [
        'metric("q") <= 300ms',
        'metric("q")',
        'what of its values is held against a time: metric("q", "p95")',
      ],
      ['metric("q", "p95") <= 5%', '5%', 'a time (300ms) or a number (12.5)'],
      ['metric("q", "count") >= 50/s', '50/s', 'a count is held against a number'],
      [
        'metric("q", "rate") >= 50',
        '50',
        'a share (99%, of a Rate) or a number per time (50/s, of a Counter)',
      ],
      ['metric("q", "p95") <=', '=', 'it is held against a number'],
      ['check("a") >= 50/s', '50/s', 'a share is a percentage'],
      ['check("a"){check="b"} >= 50%', '{', 'the check is named already'],
    ];
    for (const [text, at, message] of cases) {
      const parsed = parseObjective(text, 'fault');
      if (parsed.ok) throw new Error(`"${text}" was read`);
      const { start, end } = parsed.error;
      expect(parsed.error.message, text).to.include(message);
      expect(text.slice(start, end), text).to.equal(at);
    }
  });

  it('is nothing to stop on', () => {
    const parsed = parseStopCondition('metric("q", "p95") > 3s for 5s');
    expect(parsed).to.have.nested.property('error.message').that.includes('is not known second by second');
  });
});
