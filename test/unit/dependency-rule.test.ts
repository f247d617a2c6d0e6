import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/shared/package-root.js';
import { checkDependencies, type DependencyRule } from '../support/check-dependencies.js';

/** Programs of their own: each is a process or a worker that its parent starts, and has to ask the machine itself. */
const PROCESS_ENTRIES: readonly string[] = [
  'chaos/local/proxy/proxy-process.ts',
  'chaos/local/stress/stress-process.ts',
];

/** Clocks of such programs, anchored to the run's clock or used for lengths of time alone. */
const OTHER_CLOCKS = ['shared/anchored-clock.ts', 'chaos/local/stress/stress-thread.ts'];

const CLOCKS = ['cli/', ...OTHER_CLOCKS, ...PROCESS_ENTRIES];
const SURROUNDINGS = ['cli/', ...PROCESS_ENTRIES];

/** ARCHITECTURE.md tells the same in words. */
const RULE: DependencyRule = {
  mayImport: {
    shared: [],
    chaos: ['shared/'],
    bench: ['shared/'],
    observe: ['shared/'],
    sla: ['shared/', 'bench/measurement.ts', { typesOf: 'bench/' }],
    experiments: ['shared/', 'chaos/', 'bench/', 'observe/', 'sla/'],
    report: [
      'shared/',
      'experiments/result-schema.ts',
      'bench/measurement.ts',
      'bench/read-spectrum.ts',
      { typesOf: 'sla/' },
    ],
    cli: ['shared/', 'chaos/', 'bench/', 'observe/', 'sla/', 'experiments/', 'report/'],
    '.': ['shared/', 'chaos/', 'bench/', 'sla/', 'experiments/', 'report/'],
  },
  packages: {
    '@kubernetes/client-node': ['shared/kubernetes/load-kubeconfig.ts'],
    commander: ['cli/'],
    execa: ['shared/spawn-process.ts'],
    handlebars: ['report/'],
    'hdr-histogram-js': ['bench/histogram.ts'],
    'hyparquet-writer': ['bench/samples/write-parquet.ts'],
    undici: ['bench/embedded/'],
    yaml: ['experiments/'],
    zod: ['experiments/'],
  },
  effects: {
    'Date.now': CLOCKS,
    'new Date()': CLOCKS,
    'performance.now': CLOCKS,
    'performance.timeOrigin': CLOCKS,
    'process.hrtime': CLOCKS,
    'Math.random': ['cli/'],
    randomUUID: ['cli/'],
    // A web socket has to be opened and masked by bytes that nobody can foresee; no result depends on them.
    randomBytes: ['cli/', 'shared/kubernetes/open-web-socket.ts', 'shared/kubernetes/channel-socket.ts'],
    randomInt: ['cli/'],
    'process.env': SURROUNDINGS,
    'process.argv': SURROUNDINGS,
    'process.stdin': SURROUNDINGS,
    'process.stdout': SURROUNDINGS,
    'process.stderr': SURROUNDINGS,
    'process.exit': SURROUNDINGS,
    'process.exitCode': SURROUNDINGS,
    'node:process': SURROUNDINGS,
    'console.*': SURROUNDINGS,
  },
};

describe('the dependency rule', () => {
  it('is kept by every file of src/', () => {
    expect(checkDependencies(readSources(), RULE)).to.deep.equal([]);
  });

  it('finds an import that goes against the arrows', () => {
    expect(check('chaos/local/a.ts', `import { b } from '../../bench/b.js';`)).to.deep.equal([
      'chaos/local/a.ts imports bench/b.ts: chaos may not',
    ]);
    expect(check('report/a.ts', `export { b } from '../cli/b.js';`)).to.have.length(1);
    expect(check('shared/a.ts', `const b = await import('../sla/b.js');`)).to.have.length(1);
    expect(check('shared/a.ts', `let b: import('../sla/b.js').B;`)).to.have.length(1);
    expect(check('shared/a.ts', `import '../../demo/b.js';`)).to.have.length(1);
    expect(check('other/a.ts', `import '../shared/b.js';`)).to.have.length(1);
    expect(check('cli/a.ts', `import { b } from '../chaos/b.js';`)).to.deep.equal([]);
  });

  it('lets the sla folder import the types of bench, and nothing else of it', () => {
    expect(check('sla/a.ts', `import type { B } from '../bench/b.js';`)).to.deep.equal([]);
    expect(check('sla/a.ts', `import { b } from '../bench/b.js';`)).to.deep.equal([
      'sla/a.ts imports bench/b.ts: sla may import only its types',
    ]);
  });

  it('finds a package away from its home, or without one', () => {
    expect(check('sla/a.ts', `import { parse } from 'yaml';`)).to.deep.equal([
      'sla/a.ts imports yaml, whose home is experiments/',
    ]);
    expect(check('sla/a.ts', `import x from '@kubernetes/client-node/dist/x.js';`)).to.have.length(1);
    expect(check('cli/a.ts', `import x from 'left-pad';`)).to.deep.equal([
      'cli/a.ts imports the package left-pad, which has no home in the rule',
    ]);
    expect(check('experiments/a.ts', `import { parse } from 'yaml';`)).to.deep.equal([]);
  });

  it('finds the time, chance and the surroundings of the process outside their places', () => {
    const effects = [
      'Date.now()',
      'new Date()',
      'globalThis.performance.now()',
      'Math.random()',
      'crypto.randomUUID()',
      'process.env.HOME',
      "process['env']",
      "console.log('x')",
      "process.stdout.write('x')",
      "import { randomUUID as id } from 'node:crypto'",
      "import { env } from 'node:process'",
    ];
    for (const effect of effects) {
      expect(check('bench/a.ts', `${effect};`), effect).to.have.length(1);
      expect(check('cli/a.ts', `${effect};`), effect).to.deep.equal([]);
    }
    expect(check('bench/a.ts', 'new Date(0); x.constructor; process.platform; clock.now();')).to.deep.equal(
      [],
    );
  });
});

function check(path: string, text: string): readonly string[] {
  return checkDependencies({ [path]: text }, RULE);
}

function readSources(): Record<string, string> {
  const root = join(packageRoot, 'src');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return Object.fromEntries(
    paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]),
  );
}
