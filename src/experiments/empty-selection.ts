import { PlimsollError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest-name.js';
import type { Labels } from './read-head.js';

/** An experiment that was not chosen: what it has, and what was asked for. */
export interface Passed {
  readonly file: string;
  readonly labels: Labels;
  readonly wanted: Labels;
}

/** That no experiment was chosen, with the labels that there are. */
export function emptySelection(paths: readonly string[], passed: readonly Passed[]): PlimsollError {
  if (passed.length === 0) {
    return new PlimsollError('USAGE', 'no experiment was named', {
      remedy: 'name experiments, suites, or folders that hold experiments',
    });
  }
  const there = new Map<string, number>();
  const labelsByFile = new Map(passed.map(({ file, labels }) => [file, labels]));
  for (const pair of [...labelsByFile.values()].flatMap(pairsOf)) {
    there.set(pair, (there.get(pair) ?? 0) + 1);
  }
  const wanted = [...new Set(passed.map((each) => pairsOf(each.wanted).join(',')))];
  const known = [...there.keys()].sort();
  const hints = wanted
    .flatMap((pairs) => pairs.split(','))
    .filter((pair) => !there.has(pair))
    .map((pair) => didYouMean(pair, known));
  const among =
    labelsByFile.size === 1 ? 'the one experiment lacks' : `none of ${labelsByFile.size} experiments has`;
  const message = `${among} ${wanted.join(' or ')} (in ${paths.join(', ')})${hints[0] ?? ''}`;
  const labels = known.map((pair) => `${pair} (${there.get(pair) ?? 0})`).join(', ');
  const remedy =
    labels === ''
      ? 'they have no labels: add some in metadata.labels'
      : `the labels that there are: ${labels}`;
  return new PlimsollError('USAGE', message, { remedy });
}

function pairsOf(labels: Labels): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
