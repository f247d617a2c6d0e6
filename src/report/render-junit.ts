import type { Result } from '../experiments/result-schema.js';
import type { Outcome } from '../shared/outcome.js';
import { describeVerdict } from './describe-verdict.js';
import { escapeXml } from './escape.js';
import { renderSummary } from './render-summary.js';

interface TestCase {
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
}

/** An experiment that was meant to run and gave no result. */
export interface NotRun {
  /** Its name, or its file where it has not even a name. */
  readonly name: string;
  /** Why, in a sentence. */
  readonly reason: string;
}

/**
 * JUnit XML: one suite for each experiment, one case for each objective. A breach is a failure. An inconclusive
 * outcome is an error: nearly every reader counts `skipped` as green, and no data must never look so. Where the
 * verdict is worse than every objective (the fault was not delivered, say), a case named `verdict` carries it. An
 * experiment without a result is an error too: what did not run must not be missing from the count.
 */
export function renderJunit(results: readonly Result[], notRun: readonly NotRun[] = []): string {
  const suites = results.map(viewSuite);
  const total = (count: (suite: Suite) => number): number =>
    suites.reduce((sum, suite) => sum + count(suite), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="plimsoll" tests="${total((suite) => suite.cases.length) + notRun.length}" failures="${total((suite) => countOf(suite, 'breach'))}" errors="${total((suite) => countOf(suite, 'inconclusive')) + notRun.length}" time="${seconds(total((suite) => suite.ms))}">`,
    ...suites.map(drawSuite),
    ...notRun.map(drawNotRun),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly result: Result;
  readonly ms: number;
  readonly cases: readonly TestCase[];
}

function viewSuite(result: Result): Suite {
  const verdict = describeVerdict(result);
  const objectives: TestCase[] = result.judgements.map(({ phase, objective, outcome, reason }) => ({
    name: `${phase}: ${objective}`,
    outcome,
    message: reason,
  }));
  const carried = objectives.some(({ outcome }) => outcome === verdict.outcome);
  const live = [
    ...verdict.mayBeLive.map((fault) => `a fault may still be live: ${fault}`),
    ...verdict.leftBehind,
  ].map((message) => ({ name: 'nothing left behind', outcome: 'inconclusive' as const, message }));
  return {
    result,
    ms: Math.max(result.run.endedAtMs - result.run.startedAtMs, 0),
    cases: [
      ...objectives,
      ...(carried ? [] : [{ name: 'verdict', outcome: verdict.outcome, message: verdict.headline }]),
      ...live,
    ],
  };
}

function drawSuite(suite: Suite): string {
  const { result, cases } = suite;
  const { run, experiment, environment, verdict } = result;
  const properties = {
    verdict: verdict.outcome,
    run: run.id,
    environment: environment.name,
    experiment: experiment.file,
    plimsoll: result.versions.plimsoll,
  };
  return [
    `  <testsuite name="${escapeXml(experiment.name)}" tests="${cases.length}" failures="${countOf(suite, 'breach')}" errors="${countOf(suite, 'inconclusive')}" skipped="0" timestamp="${new Date(run.startedAtMs).toISOString().slice(0, 19)}" time="${seconds(suite.ms)}">`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([name, value]) => `      <property name="${name}" value="${escapeXml(value)}"/>`,
    ),
    '    </properties>',
    ...cases.map((testCase) => drawCase(experiment.name, testCase)),
    `    <system-out>${escapeXml(renderSummary(result, { colour: false, width: 120 }))}</system-out>`,
    '  </testsuite>',
  ].join('\n');
}

function drawNotRun({ name, reason }: NotRun): string {
  return [
    `  <testsuite name="${escapeXml(name)}" tests="1" failures="0" errors="1" skipped="0" time="0">`,
    drawCase(name, { name: 'run', outcome: 'inconclusive', message: `it was not run: ${reason}` }),
    '  </testsuite>',
  ].join('\n');
}

function drawCase(suite: string, { name, outcome, message }: TestCase): string {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="0"`;
  const text = escapeXml(message);
  switch (outcome) {
    case 'pass':
      return `${open}/>`;
    case 'breach':
      return `${open}><failure type="breach" message="${text}">${text}</failure></testcase>`;
    case 'inconclusive':
      return `${open}><error type="inconclusive" message="${text}">${text}</error></testcase>`;
  }
}

function countOf(suite: Suite, outcome: Outcome): number {
  return suite.cases.filter((testCase) => testCase.outcome === outcome).length;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
