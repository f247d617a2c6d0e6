import { benchCommand, buildCommand } from '../bench/go-bench/go-commands.js';
import type { GeneratorDescription, GoBenchLoad, LoadProfile, PlannedLoad } from '../bench/load-generator.js';
import { formatCount, formatRate } from '../shared/units.js';

/** `100/s, open model, at most 100 under way at once`. */
function describeProfile(profile: LoadProfile | undefined): string {
  if (profile === undefined) return 'as its own options say';
  return profile.model === 'open'
    ? `${formatRate(profile.ratePerSecond)}, open model, at most ${formatCount(profile.maxVUs)} under way at once`
    : `${formatCount(profile.vus)} virtual users, closed model: each waits for its answer`;
}

/** How much load: the profile, or what stands for one. */
export function describePace(load: PlannedLoad): string {
  return load.kind === 'go-bench'
    ? `a closed loop, ${load.benchtime} in each measuring`
    : describeProfile(load.profile);
}

/** What is sent: `POST /orders`, the script, or the command. */
export function describeRequests(load: PlannedLoad): string {
  if (load.kind === 'k6-script') return `script ${load.script}`;
  if (load.kind === 'command') return `command ${load.command.join(' ')}`;
  if (load.kind === 'go-bench') return describeGoBench(load);
  const weights = load.requests.reduce((sum, { weight }) => sum + weight, 0);
  return load.requests
    .map(({ name, weight }) =>
      load.requests.length === 1 ? name : `${name} (${((weight / weights) * 100).toFixed(0)} %)`,
    )
    .join(', ');
}

/** Where the benchmarks are built, and how they are run. */
function describeGoBench(load: GoBenchLoad): string {
  const [, ...build] = buildCommand('go', load, 'go-bench.test');
  const run = benchCommand('go-bench.test', load, load.count ?? 1).filter(
    (word) => load.count !== undefined || !word.startsWith('-test.count='),
  );
  return `built beforehand in ${load.cwd}: go ${build.join(' ')}; then, again and again: ${run.join(' ')}`;
}

/** `embedded generator`, `k6 2.2.0`, `load command`: the embedded one has the version of Plimsoll itself. */
export function describeGenerator(generator: GeneratorDescription): string {
  switch (generator.name) {
    case 'embedded':
      return 'embedded generator';
    case 'command':
      return 'load command';
    case 'go-bench':
      return `benchmarks of Go ${generator.version}`;
    case 'k6':
      return `k6 ${generator.version}`;
  }
}
