import { expect } from 'chai';
import type { Objective } from '../../../src/sla/objective.js';
import { parseThreshold } from '../../../src/sla/parse-threshold.js';

function read(metric: string, expression: string): Objective {
  const parsed = parseThreshold({ metric, expression, abortOnFail: false });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.objective;
}

describe('parseThreshold', () => {
  it('reads what k6 can aggregate, in the unit that is known before the run', () => {
    const cases: [
      string,
      string,
      Objective['indicator'] extends infer I ? Partial<I> : never,
      string,
      number,
    ][] = [
      [
        'http_req_duration',
        'p(95)<300',
        { statistic: { kind: 'percentile', percent: 95 }, unit: 'ms' },
        '<',
        300,
      ],
      [
        'http_req_duration',
        'p(99.9) <= 1e3',
        { statistic: { kind: 'percentile', percent: 99.9 }, unit: 'ms' },
        '<=',
        1000,
      ],
      ['http_req_waiting', 'avg<100.5', { statistic: { kind: 'mean' }, unit: 'ms' }, '<', 100.5],
      ['queue_wait', 'med<10', { statistic: { kind: 'percentile', percent: 50 }, unit: 'plain' }, '<', 10],
      ['queue_wait', 'min>=0', { statistic: { kind: 'min' }, unit: 'plain' }, '>=', 0],
      ['queue_wait', 'p(100)<9', { statistic: { kind: 'max' }, unit: 'plain' }, '<', 9],
      ['http_req_failed', 'rate<0.01', { statistic: { kind: 'rate' }, unit: 'share' }, '<', 0.01],
      ['checks', 'rate==1', { statistic: { kind: 'rate' }, unit: 'share' }, '>=', 1],
      ['orders', 'rate>10', { statistic: { kind: 'rate' }, unit: 'plain' }, '>', 10],
      ['orders', 'count>10', { statistic: { kind: 'count' }, unit: 'plain' }, '>', 10],
      ['errors', 'count===0', { statistic: { kind: 'count' }, unit: 'plain' }, '<=', 0],
      ['depth', 'value<3', { statistic: { kind: 'last' }, unit: 'plain' }, '<', 3],
    ];
    for (const [metric, expression, indicator, comparator, value] of cases) {
      const objective = read(metric, expression);
      expect(objective.indicator, expression).to.deep.equal({ kind: 'metric', name: metric, ...indicator });
      expect(objective, expression).to.deep.include({
        text: `${metric}: ${expression}`,
        comparator,
        limit: { kind: 'absolute', value },
        origin: 'threshold',
      });
    }
  });

  it('reads the selector of a sub-metric', () => {
    expect(read('http_req_duration{name:POST /orders}', 'max<3').tags).to.deep.equal({
      name: 'POST /orders',
    });
    expect(read('http_req_duration{ url:http://x/a, kind:"b" }', 'max<3').tags).to.deep.equal({
      url: 'http://x/a',
      kind: 'b',
    });
  });

  it('says why it cannot judge what is left', () => {
    const reasonOf = (metric: string, expression: string) => {
      const parsed = parseThreshold({ metric, expression, abortOnFail: false });
      return parsed.ok ? 'it was read' : parsed.reason;
    };
    expect(reasonOf('q', 'p95<3')).to.include('no comparison');
    expect(reasonOf('q', 'avg!=3')).to.include('compares for equality');
    expect(reasonOf('q', 'avg==3')).to.include(
      'compares for equality, which no measured mean can be held to',
    );
    expect(reasonOf('q', 'p(101)<3')).to.include('between 0 and 100');
    expect(reasonOf('q{kind}', 'avg<3')).to.include('metric{tag:value}');
    expect(reasonOf('q{kind:a', 'avg<3')).to.include('metric{tag:value}');
  });
});
