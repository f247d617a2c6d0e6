import type { Benchmarks, BenchmarkSeries } from '../../bench/benchmark.js';
import { didYouMean } from '../../shared/nearest-name.js';
import type { Reading } from '../judgement.js';
import type { BenchmarkIndicator, JudgedPhase } from '../objective.js';
import { medianOf } from '../statistics/median.js';

const MOST_NAMES = 5;

/** The median of what the benchmark reported in the phase, or why there is none. */
export function readBenchmark(
  indicator: BenchmarkIndicator,
  phase: JudgedPhase,
  benchmarks: Benchmarks | undefined,
  cutShort?: string,
): Reading {
  const found = findSeries(indicator, phase, benchmarks);
  if (found.status === 'missing') {
    // Where the load ended early, that is the reason, and not what the log lacks.
    return cutShort === undefined || benchmarks?.series.some(isPhase(phase)) === true
      ? found
      : { status: 'missing', reason: `${found.reason}, since ${cutShort}` };
  }
  const values = found.series.values.map(({ value }) => value);
  return { status: 'measured', value: medianOf(values), unit: 'plain', samples: values.length };
}

type FoundSeries =
  | { readonly status: 'found'; readonly series: BenchmarkSeries }
  | { readonly status: 'missing'; readonly reason: string };

/** What the benchmark reported in that unit in the phase: at least one value, or a reason. */
export function findSeries(
  { name, unit }: BenchmarkIndicator,
  phase: JudgedPhase,
  benchmarks: Benchmarks | undefined,
): FoundSeries {
  const { series = [] } = benchmarks ?? {};
  if (benchmarks === undefined) return missing('no benchmark was run: that takes a load.goBench');
  if (series.length === 0) return missing('no benchmark had a result');
  const printed = series.filter((one) => printedName(one) === name);
  const named = series.filter((one) => one.name === name);
  const meant = named.length > 0 ? named : printed;
  if (meant.length === 0)
    return missing(describeOthers(`the load has no benchmark "${name}"`, name, namesOf(series)));
  const procs = new Set(meant.map((one) => one.procs));
  if (procs.size > 1) {
    const names = unique(meant.map((one) => `"${printedName(one)}"`)).join(', ');
    return missing(`there are several of this name; ask for one of ${names}`);
  }
  const ofUnit = meant.filter((one) => one.unit === unit);
  if (ofUnit.length === 0) {
    const units = unique(meant.map((one) => one.unit));
    return missing(describeOthers(`${name} does not report "${unit}"`, unit, units));
  }
  const found = ofUnit.find(isPhase(phase));
  return found === undefined
    ? missing(
        `no measuring of ${name} lay wholly within the ${phase} phase: make it longer, or load.goBench.benchtime shorter`,
      )
    : { status: 'found', series: found };
}

/** As Go printed it, with the number of processors. */
function printedName({ name, procs }: BenchmarkSeries): string {
  return procs === 1 ? name : `${name}-${procs}`;
}

function namesOf(series: readonly BenchmarkSeries[]): readonly string[] {
  return unique(series.map(({ name }) => name));
}

function describeOthers(message: string, word: string, others: readonly string[]): string {
  const hint = didYouMean(word, others);
  const list = others.slice(0, MOST_NAMES).map((other) => `"${other}"`);
  return hint === ''
    ? `${message}; there ${list.length === 1 ? 'is' : 'are'} ${list.join(', ')}`
    : message + hint;
}

function isPhase(phase: JudgedPhase): (series: BenchmarkSeries) => boolean {
  return (series) => series.phase === phase;
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

function missing(reason: string): { readonly status: 'missing'; readonly reason: string } {
  return { status: 'missing', reason };
}
