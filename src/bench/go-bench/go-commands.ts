import type { GoBenchLoad } from '../load-generator.js';

/** Makes the test binary. Compiling takes its time, and must not take it in a window. */
export function buildCommand(go: string, load: GoBenchLoad, binary: string): readonly string[] {
  return [go, 'test', '-c', ...tagsOf(load), '-o', binary, load.pattern];
}

/** Tells of the package, and of what is wrong with it. */
export function listCommand(go: string, load: GoBenchLoad): readonly string[] {
  const fields = 'Dir,TestGoFiles,XTestGoFiles,Error';
  return [go, 'list', '-e', `-json=${fields}`, ...tagsOf(load), load.pattern];
}

/** Measures each benchmark so often, one after another; no test of the package runs. */
export function benchCommand(
  binary: string,
  { bench, benchtime, benchmem }: Pick<GoBenchLoad, 'bench' | 'benchtime' | 'benchmem'>,
  count: number,
): readonly string[] {
  return [
    binary,
    '-test.run=^$',
    `-test.bench=${bench}`,
    `-test.benchtime=${benchtime}`,
    `-test.count=${count}`,
    ...(benchmem ? ['-test.benchmem'] : []),
  ];
}

function tagsOf({ tags }: GoBenchLoad): readonly string[] {
  return tags.length === 0 ? [] : [`-tags=${tags.join(',')}`];
}
