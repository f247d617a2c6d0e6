import { expect } from 'chai';
import type { Result } from '../../../src/experiments/result-schema.js';
import { renderJunit } from '../../../src/report/render-junit.js';
import { aFault, aJudgement, aResult } from '../../support/a-result.js';
import { aHostileResult, HOSTILE } from '../../support/hostile.js';
import { findAll, parseXml, type XmlElement } from '../../support/parse-xml.js';
import { aBreach, anInconclusiveRun } from '../../support/some-results.js';

describe('renderJunit', () => {
  it('writes one suite for each experiment and one case for each objective', () => {
    const suites = findAll(junit([aResult(), aBreach()]), 'testsuite');
    expect(suites.map((suite) => suite.attributes.name)).to.deep.equal([
      'order-submit-network-delay',
      'order-submit-partition',
    ]);
    expect(findAll(suites[0]!, 'testcase').map((each) => each.attributes.name)).to.include(
      'fault: p95 <= 350ms',
    );
  });

  it('counts what it holds, in each suite and in all', () => {
    const root = junit([aResult(), aBreach(), anInconclusiveRun()]);
    for (const element of [root, ...findAll(root, 'testsuite')]) {
      expect(Number(element.attributes.tests)).to.equal(findAll(element, 'testcase').length);
      expect(Number(element.attributes.failures)).to.equal(findAll(element, 'failure').length);
      expect(Number(element.attributes.errors)).to.equal(findAll(element, 'error').length);
    }
    expect(root.attributes).to.include({ failures: '2', errors: '3' });
  });

  it('writes a breach as a failure with its reason', () => {
    const [failure] = findAll(junit([aBreach()]), 'failure');
    expect(failure!.attributes.message).to.equal('p95 10 s is over the limit of 350 ms');
  });

  it('writes an inconclusive objective as an error, which no reader shows as green', () => {
    const root = junit([anInconclusiveRun()]);
    expect(findAll(root, 'error')).to.have.length(2);
    expect(findAll(root, 'skipped')).to.be.empty;
  });

  it('carries a verdict that is worse than every objective', () => {
    const result = aResult({
      verdict: { outcome: 'inconclusive', reason: 'the delay reached 1 of 2 targets', caveats: [] },
    });
    const verdict = findAll(junit([result]), 'testcase').find((each) => each.attributes.name === 'verdict');
    expect(findAll(verdict!, 'error')[0]!.attributes.message).to.equal('the delay reached 1 of 2 targets');
  });

  it('has an error where a fault may still be live, though every objective held', () => {
    const root = junit([aResult({ faults: [aLiveFault()] })]);
    expect(findAll(root, 'error')[0]!.attributes.message).to.match(/^a fault may still be live: delay/);
  });

  it('has an error for what was left behind, and for what was not run', () => {
    const leftBehind = [{ severity: 'stop' as const, code: 'x', message: 'orders-2 still runs', remedy: '' }];
    const root = parseXml(
      renderJunit([aResult({ leftBehind })], [{ name: 'a.yaml', reason: 'it is no YAML, <or> is it' }]),
    );
    expect(findAll(root, 'error').map((error) => error.attributes.message)).to.deep.equal([
      'orders-2 still runs',
      'it was not run: it is no YAML, <or> is it',
    ]);
    expect(root.attributes.errors).to.equal('2');
    expect(root.attributes.tests).to.equal(String(findAll(root, 'testcase').length));
  });

  it('shows a run without a single objective as what it is', () => {
    const root = junit([
      aResult({
        judgements: [],
        verdict: { outcome: 'inconclusive', reason: 'nothing was judged', caveats: [] },
      }),
    ]);
    expect(root.attributes).to.include({ tests: '1', errors: '1' });
  });

  it('is well-formed whatever the texts hold', () => {
    const root = junit([aHostileResult()]);
    const [failure] = findAll(root, 'failure');
    expect(failure!.text).to.equal(HOSTILE.replaceAll('\u0000', '\ufffd').replaceAll('\u001b', '\ufffd'));
  });

  it('is well-formed for no run at all', () => {
    expect(junit([]).attributes).to.include({ tests: '0', failures: '0', errors: '0' });
  });

  it('agrees with an outcome of each objective', () => {
    const outcomes = ['pass', 'inconclusive', 'breach'] as const;
    const root = junit([aResult({ judgements: outcomes.map((outcome) => aJudgement({ outcome })) })]);
    expect(findAll(root, 'testcase').map((each) => each.children[0]?.name)).to.deep.equal([
      undefined,
      'error',
      'failure',
    ]);
  });
});

function junit(results: readonly Result[]): XmlElement {
  return parseXml(renderJunit(results));
}

function aLiveFault(): Result['faults'][number] {
  return aFault({
    injections: aFault().injections.map((injection) => ({
      ...injection,
      recoveredAtMs: null,
      status: 'unconfirmed' as const,
      evidence: 'orders-2 did not answer',
    })),
  });
}
