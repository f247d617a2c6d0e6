import type { Finding } from '../../shared/finding.js';
import { didYouMean } from '../../shared/nearest-name.js';
import type { GoBenchLoad } from '../load-generator.js';
import { isChosen } from './is-chosen.js';

/** Why a Go package cannot be used as a load: a finding in preflight, an error afterwards. */
export type GoProblem = Pick<Finding, 'code' | 'message' | 'remedy'>;

const MOST_LINES = 4;
const MOST_NAMES = 5;
const CORRECT_PACKAGE = 'correct load.goBench.package: a folder (./load/orders) or an import path';

/** What the compiler said, with its file and line; or what `go` said where it did not come to compile. */
export function explainBuild(name: string, stderr: string): GoProblem {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const compiler = lines.filter((line) => /\.go:\d+/.test(line));
  const shown = (compiler.length > 0 ? compiler : lines).slice(0, MOST_LINES).join('\n');
  return compiler.length > 0
    ? {
        code: 'go-build-failed',
        message: `load.goBench: ${name} does not compile: ${shown}`,
        remedy: 'mend it; `go vet` in the package says the same',
      }
    : {
        code: 'go-build-failed',
        message: `load.goBench: the tests of ${name} cannot be built: ${shown === '' ? 'go gave no reason' : shown}`,
        remedy: 'see that `go test -c` works in the package',
      };
}

export function explainPackage(name: string, reason: string): GoProblem {
  return {
    code: 'go-package-not-found',
    message: `load.goBench: there is no usable Go package ${name}: ${reason}`,
    remedy: CORRECT_PACKAGE,
  };
}

export function explainNoTests(name: string): GoProblem {
  return {
    code: 'go-no-tests',
    message: `load.goBench: ${name} has no test file, and so no benchmark`,
    remedy: `${CORRECT_PACKAGE}; benchmarks stand in files that end in _test.go`,
  };
}

/** Why nothing was measured, by the benchmarks that stand in the package. */
export function explainNoResult(
  { package: name, bench }: Pick<GoBenchLoad, 'package' | 'bench'>,
  known: readonly string[],
): GoProblem {
  const chosen = known.filter((one) => isChosen(bench, one));
  if (chosen.length > 0) {
    return {
      code: 'go-no-benchmark',
      message: `load.goBench: ${chosen.slice(0, MOST_NAMES).join(', ')} of ${name} had no result: skipped, or without a sub-benchmark that matches "${bench}"`,
      remedy: 'see what `go test -v -run=^$ -bench` says in the package, while the service is up',
    };
  }
  const hint = didYouMean(bench.replaceAll(/[\^$]/g, ''), known);
  const list = known.slice(0, MOST_NAMES).join(', ');
  const there = known.length === 0 ? '; it has none' : hint === '' ? `; there is ${list}` : hint;
  return {
    code: 'go-no-benchmark',
    message: `load.goBench: no benchmark of ${name} matches "${bench}"${there}`,
    remedy: 'correct load.goBench.bench, a regular expression such as ^BenchmarkSubmit$',
  };
}
