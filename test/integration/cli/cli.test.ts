import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { resultSchema } from '../../../src/experiments/result-schema.js';
import { aResult } from '../../support/a-result.js';
import { CLI_PATH, runCli } from '../../support/run-cli.js';

describe('plimsoll on the command line', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-cli-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('prints its version, and help that names every command and exit code', async () => {
    const version = await runCli(['--version']);
    expect(version).to.include({ code: 0, stderr: '' });
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    const help = await runCli(['--help']);
    expect(help).to.include({ code: 0, stderr: '' });
    for (const name of [
      'run',
      'plan',
      'validate',
      'judge',
      'report',
      'tape',
      'sweep',
      'doctor',
      'init',
      'schema',
    ])
      expect(help.stdout).to.match(new RegExp(`^ +${name} `, 'm'));
    expect(help.stdout).to.include('75 a fault may still be live');
  });

  it('has examples in the help of each command', async () => {
    for (const name of [
      'run',
      'plan',
      'validate',
      'judge',
      'report',
      'tape',
      'sweep',
      'doctor',
      'init',
      'schema',
    ]) {
      const { code, stdout } = await runCli([name, '--help']);
      expect(code, name).to.equal(0);
      expect(stdout).to.include(`$ plimsoll ${name}`);
    }
  });

  it('asks whether another command or option was meant, on stderr, and exits with 64', async () => {
    const command = await runCli(['rnu']);
    expect(command).to.include({ code: 64, stdout: '' });
    expect(command.stderr).to.include("unknown command 'rnu'").and.include('Did you mean run?');
    const option = await runCli(['run', '--jsn']);
    expect(option.code).to.equal(64);
    expect(option.stderr).to.include('Did you mean --json?');
    expect((await runCli([])).code).to.equal(64);
    expect((await runCli(['judge', 'x'])).code, 'a missing option').to.equal(64);
    expect((await runCli(['report', 'x', '--format', 'pdf'])).code, 'a wrong choice').to.equal(64);
  });

  it('validates files: 0 and their kinds where all is well, 64 and the places where not', async () => {
    const good = await runCli(['validate', 'plimsoll.yaml', 'experiments']);
    expect(good).to.include({ code: 0, stderr: '' });
    expect(good.stdout).to.include('✔ plimsoll.yaml').and.include('Suite');
    const bad = await runCli(['validate', 'test/fixtures/files/many-problems.yaml']);
    expect(bad.code).to.equal(64);
    expect(bad.stdout).to.match(/^test\/fixtures\/files\/many-problems\.yaml:\d+:\d+ {2}/);
    const missing = await runCli(['validate', 'no-such.yaml', '--json']);
    expect(missing).to.include({ code: 64, stderr: '' });
    expect(JSON.parse(missing.stdout)).to.have.nested.property(
      'files[0].problems[0].message',
      'no such file',
    );
  });

  it('shows an expected failure without a stack', async () => {
    const { code, stderr, stdout } = await runCli(['report', '20261123-081502-zzzz'], { cwd: folder });
    expect({ code, stdout }).to.deep.equal({ code: 64, stdout: '' });
    expect(stderr)
      .to.match(/^error: /)
      .and.not.match(/\n\s+at /);
  });

  it('writes a project that validates, once, and only what is not there yet', async () => {
    const first = await runCli(['init', 'shop'], { cwd: folder });
    expect(first.code, first.stderr).to.equal(0);
    expect(first.stdout).to.include(join('shop', 'plimsoll.yaml')).and.include('plimsoll run experiments/');
    const project = join(folder, 'shop');
    const files = ['.github/workflows/resilience.yml', 'load/order-submit.js', 'demo/order-service.mjs'];
    for (const file of files) expect((await stat(join(project, file))).isFile(), file).to.equal(true);
    expect(await runCli(['validate', '.'], { cwd: project })).to.include({ code: 0 });

    await writeFile(join(project, '.gitignore'), 'dist/\nreports/');
    await writeFile(join(project, 'plimsoll.yaml'), '# mine\n');
    const again = await runCli(['init'], { cwd: project });
    expect(again.code).to.equal(64);
    expect(again.stderr).to.include('plimsoll.yaml').and.include('--force');
    expect(await readFile(join(project, 'plimsoll.yaml'), 'utf8')).to.equal('# mine\n');

    expect((await runCli(['init', '--force'], { cwd: project })).code).to.equal(0);
    expect(await readFile(join(project, '.gitignore'), 'utf8')).to.equal('dist/\nreports/\n.plimsoll/\n');
    expect(await readFile(join(project, 'plimsoll.yaml'), 'utf8')).to.include('kind: Config');
  });

  it('makes the report of a stored run again, in every format', async () => {
    const result = aResult();
    const file = join(folder, 'result.json');
    await writeFile(file, JSON.stringify(result));
    const html = await runCli(['report', file]);
    expect(html.code, html.stderr).to.equal(0);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).to.include('<!doctype html>');
    expect((await runCli(['report', file, '--format', 'summary'])).stdout).to.match(/^PASS /);
    expect((await runCli(['report', file, '--format', 'junit'])).stdout).to.match(/^<\?xml /);
    expect((await runCli(['report', file, '--format', 'md'])).stdout).to.include('###');
    const json = await runCli(['report', file, '--format', 'json']);
    expect(resultSchema.safeParse(JSON.parse(json.stdout)).success).to.equal(true);
    const output = join(folder, 'deep', 'junit.xml');
    expect((await runCli(['report', file, '--format', 'junit', '-o', output])).code).to.equal(0);
    expect(await readFile(output, 'utf8')).to.match(/^<\?xml /);
  });

  it('says nothing where the reader of its output goes away', async () => {
    const child = spawn(process.execPath, [CLI_PATH, 'validate', 'experiments', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('can be executed as it was built', async () => {
    await access(CLI_PATH, constants.X_OK);
    expect(await readFile(CLI_PATH, 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });
});
