import { expect } from 'chai';
import fc from 'fast-check';
import { readPromql } from '../../../src/observe/read-promql.js';

describe('readPromql', () => {
  it('finds what is selected, among functions, words and lists of labels', () => {
    const cases: [string, string[], number][] = [
      ['up', ['up'], 0],
      [
        'sum(rate(http_requests_total{job="orders",code=~"5.."}[1m]))',
        ['http_requests_total{job="orders",code=~"5.."}'],
        60_000,
      ],
      ['max by (pod) (queue)', ['queue'], 0],
      ['max(queue) by (pod)', ['queue'], 0],
      ['a / on(job, pod) group_left(node) b', ['a', 'b'], 0],
      ['a and b unless c', ['a', 'b', 'c'], 0],
      ['a > bool 3', ['a'], 0],
      ['{__name__="up"}', ['{__name__="up"}'], 0],
      ['max_over_time(rate(x[1m])[5m:10s])', ['x'], 360_000],
      ['rate(x[90s]) + rate(y[1d])', ['x', 'y'], 86_400_000],
      ['x offset 5m + y', ['y'], 0],
      ['x @ end() + y', ['y'], 0],
      ['label_replace(x, "a", "[9m]", "b", "(.*)") # [9m]', ['x'], 0],
      ['vector(1) + time()', [], 0],
      ["x{a='}'}", ["x{a='}'}"], 0],
      ['histogram_quantile(0.95, sum by (le) (rate(b_bucket[30s])))', ['b_bucket'], 30_000],
      ['x + x', ['x'], 0],
      ['1e3 * x + Inf', ['x'], 0],
    ];
    for (const [query, selectors, lookbackMs] of cases) {
      expect(readPromql(query), query).to.deep.equal({ selectors, lookbackMs });
    }
  });

  it('comes to an end on anything', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      'by',
      'x',
      ' ',
      '1m',
      ':',
      '#',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(readPromql(pieces.join('')).lookbackMs).to.be.at.least(0);
      }),
    );
  });
});
