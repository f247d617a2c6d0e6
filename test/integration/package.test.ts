import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { packageRoot } from '../../src/shared/package-root.js';

const execute = promisify(execFile);

interface PackageJson {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Packs Plimsoll and puts it into an empty folder as `npm install` would: unpacked below node_modules/, with its
 * declared dependencies beside it, and its bin linked. Nothing comes from the network: the dependencies are links to
 * those of this repository. What it has not declared, it does not find.
 */
describe('the published package', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-package-'));
    await execute('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: packageRoot,
    });
    const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    const modules = join(folder, 'node_modules');
    const installed = join(modules, 'plimsoll');
    await mkdir(installed, { recursive: true });
    await execute('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components', '1']);
    const { bin, dependencies } = await packedJson();
    for (const name of Object.keys(dependencies)) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(packageRoot, 'node_modules', name), join(modules, name));
    }
    await mkdir(join(modules, '.bin'));
    for (const [name, path] of Object.entries(bin)) {
      await chmod(join(installed, path), 0o755);
      await symlink(join('..', 'plimsoll', path), join(modules, '.bin', name));
    }
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function packedJson(): Promise<PackageJson> {
    const text = await readFile(join(folder, 'node_modules', 'plimsoll', 'package.json'), 'utf8');
    return JSON.parse(text) as PackageJson;
  }

  async function plimsoll(...args: string[]): Promise<string> {
    const { stdout } = await execute(join(folder, 'node_modules', '.bin', 'plimsoll'), args, { cwd: folder });
    return stdout;
  }

  it('holds what it needs, and none of its tests', async () => {
    const installed = join(folder, 'node_modules', 'plimsoll');
    const files = await readdir(installed, { recursive: true });
    expect(files).to.include.members([
      'dist/src/cli/main.js',
      'dist/src/index.d.ts',
      'demo/order-service.mjs',
      'templates/report.hbs',
      'templates/init/.github/workflows/resilience.yml',
      'schemas/experiment.schema.json',
      'LICENSE',
      'README.md',
    ]);
    expect(files.filter((file) => /(^|\/)test\/|\.test\.|tsbuildinfo/.test(file))).to.deep.equal([]);
  });

  it('prints its version and its schemas', async () => {
    expect(await plimsoll('--version')).to.equal(`${(await packedJson()).version}\n`);
    const schema = JSON.parse(await plimsoll('schema', 'experiment')) as { properties: object };
    expect(schema.properties).to.have.property('hypothesis');
  });

  it('writes a project that validates and can be planned', async () => {
    await plimsoll('init', 'shop');
    expect(await plimsoll('validate', 'shop'))
      .to.include('Experiment')
      .and.include('Config');
    const plan = JSON.parse(
      await plimsoll('plan', 'shop/experiments/order-submit-network-delay.yaml', '--json').catch(
        // Somebody may be using the port of the example; the plan is printed all the same.
        (error: unknown) => (error as { stdout: string }).stdout,
      ),
    ) as { faults: { name: string }[] };
    expect(plan.faults).to.have.length(1);
  });

  it('can be imported', async () => {
    const program = `
      import { loadExperiment, renderReport, resultSchema, PlimsollError } from 'plimsoll';
      import schema from 'plimsoll/schemas/experiment.schema.json' with { type: 'json' };
      const loaded = await loadExperiment('node_modules/plimsoll/experiments/order-submit-network-delay.yaml');
      console.log(loaded.ok, typeof renderReport, typeof resultSchema.parse, PlimsollError.name, typeof schema.title);
    `;
    await writeFile(join(folder, 'use.mjs'), program);
    const { stdout } = await execute(process.execPath, ['--no-warnings', 'use.mjs'], { cwd: folder });
    expect(stdout).to.equal('true function function PlimsollError string\n');
  });

  it('has types', async () => {
    const program = `
      import { loadExperiment, type Result, worst, type Outcome } from 'plimsoll';
      const outcome: Outcome = worst([]);
      export const p95Of = (result: Result): number | null | undefined => result.measurements[0]?.p95Ms;
      const loaded = await loadExperiment('x');
      export const text: string = loaded.ok ? loaded.document.hypothesis : outcome;
      // @ts-expect-error -- an outcome is one of three words
      export const wrong: Outcome = 'fail';
    `;
    await writeFile(join(folder, 'use.mts'), program);
    const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const types = join(packageRoot, 'node_modules', '@types');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
    const outcome = await execute(
      process.execPath,
      [tsc, ...options, '--types', 'node', '--typeRoots', types, 'use.mts'],
      {
        cwd: folder,
      },
    ).catch((error: unknown) => error as { stdout: string });
    expect(outcome.stdout).to.equal('');
  });
});
