import { expect } from 'chai';
import { buildWrapper, type WrapperParts } from '../../../../src/bench/k6/build-wrapper.js';
import type { LoadProfile } from '../../../../src/bench/load-generator.js';

type Options = Record<string, unknown> & { scenarios?: Record<string, Record<string, unknown>> };

/** Evaluates the wrapper's options as k6 would, with a script that has these. */
function optionsOf(script: { options?: unknown }, profile?: LoadProfile, startTogether = false): Options {
  const parts: WrapperParts = {
    instrumentUrl: 'file:///i.js',
    scriptUrl: 'file:///s.js',
    maxDurationMs: 60_000,
    startTogether,
    ...(profile === undefined ? {} : { profile }),
  };
  const body = buildWrapper(parts)
    .replace(/^(import|export \*|export default).*$/gm, '')
    .replace('export const options', 'const options')
    .replace(/function begin[^]*/, 'return options;');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what is under test is text that a program runs
  const evaluate = new Function('script', body) as (script: unknown) => unknown;
  return JSON.parse(JSON.stringify(evaluate(script))) as Options;
}

const open = (ratePerSecond: number, maxVUs = 100): LoadProfile => ({ model: 'open', ratePerSecond, maxVUs });

describe('buildWrapper', () => {
  it('leaves the options of the script alone where there is no profile', () => {
    const options = { vus: 3, duration: '10s', thresholds: { checks: ['rate>0.9'] } };
    expect(optionsOf({ options })).to.deep.equal(options);
    expect(optionsOf({})).to.deep.equal({});
  });

  it('puts the profile in place of the amount of load, and keeps everything else', () => {
    const options = { vus: 3, duration: '10s', stages: [], iterations: 4, tags: { team: 'a' }, batch: 2 };
    expect(optionsOf({ options }, open(100))).to.deep.equal({
      tags: { team: 'a' },
      batch: 2,
      scenarios: {
        default: {
          executor: 'constant-arrival-rate',
          exec: 'default',
          rate: 100,
          timeUnit: '1s',
          preAllocatedVUs: 100,
          maxVUs: 100,
          duration: '60000ms',
          gracefulStop: '1s',
        },
      },
    });
  });

  it('makes of a closed profile constant virtual users', () => {
    expect(optionsOf({}, { model: 'closed', vus: 7 }).scenarios?.default).to.deep.include({
      executor: 'constant-vus',
      vus: 7,
    });
  });

  it("shares the profile between the script's scenarios, with their functions, env and tags", () => {
    const scenarios = {
      browse: { executor: 'ramping-vus', stages: [{ target: 9 }], exec: 'browse', env: { A: '1' } },
      buy: { executor: 'shared-iterations', exec: 'buy', tags: { kind: 'b' }, startTime: '5s' },
    };
    const shared = optionsOf({ options: { scenarios } }, open(101, 5)).scenarios;
    expect(Object.keys(shared ?? {})).to.deep.equal(['browse', 'buy']);
    expect(shared?.browse).to.deep.include({
      exec: 'browse',
      env: { A: '1' },
      rate: 3030,
      timeUnit: '1m',
    });
    expect(shared?.buy).to.deep.include({ exec: 'buy', tags: { kind: 'b' }, maxVUs: 3 });
    expect(shared?.buy).to.not.have.any.keys('startTime', 'env', 'stages');
  });

  it('writes any rate in whole numbers', () => {
    const rateOf = (rate: number): unknown[] => {
      const scenario = optionsOf({}, open(rate)).scenarios?.default;
      return [scenario?.rate, scenario?.timeUnit];
    };
    expect(rateOf(0.5)).to.deep.equal([30, '1m']);
    expect(rateOf(100 / 3)).to.deep.equal([2000, '1m']);
    expect(rateOf(1 / 60)).to.deep.equal([1, '1m']);
    expect(rateOf(10 / 3600)).to.deep.equal([10, '1h']);
    expect(rateOf(12.345678)).to.deep.equal([44_444, '1h']);
  });

  it('gives setup() of a runner the time to wait for the others', () => {
    const timeOf = (setupTimeout?: unknown): unknown =>
      optionsOf({ options: { setupTimeout } }, undefined, true).setupTimeout;
    expect(timeOf()).to.equal('60s120s');
    expect(timeOf('1m30s')).to.equal('1m30s120s');
    expect(timeOf(5000)).to.equal(125_000);
    expect(optionsOf({ options: { tags: { a: 'b' } } }, open(10), true)).to.include.keys('tags', 'scenarios');
  });

  it('writes addresses of files with quotes as text', () => {
    const scriptUrl = 'file:///a/"b\\c.js';
    const text = buildWrapper({ instrumentUrl: 'file:///i.js', scriptUrl, maxDurationMs: 1 });
    expect(text).to.include(`from ${JSON.stringify(scriptUrl)};`);
  });

  it('evaluates the instrumentation before the script', () => {
    const text = buildWrapper({ instrumentUrl: 'file:///i.js', scriptUrl: 'file:///s.js', maxDurationMs: 1 });
    expect(text.indexOf('file:///i.js')).to.be.lessThan(text.indexOf('file:///s.js'));
  });
});
