import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildProgram, type Commands } from '../../../src/cli/build-program.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { renderCliDocs } from '../../support/render-cli-docs.js';

/** Parses a command line and gives what would be called. */
async function parse(...args: string[]): Promise<unknown> {
  const calls: unknown[] = [];
  const keep =
    (name: string) =>
    (...given: unknown[]) => {
      calls.push([name, ...given]);
      return Promise.resolve(7);
    };
  const codes: number[] = [];
  const names = [
    'run',
    'plan',
    'validate',
    'judge',
    'backtest',
    'report',
    'tape',
    'sweep',
    'doctor',
    'init',
    'schema',
  ];
  const commands = Object.fromEntries(names.map((name) => [name, keep(name)])) as unknown as Commands;
  await buildProgram('1.2.3', commands, (code) => codes.push(code)).parseAsync(args, { from: 'user' });
  expect(codes).to.deep.equal([7]);
  return calls[0];
}

describe('the command line', () => {
  it('hands arguments and options over', async () => {
    expect(
      await parse('run', 'a.yaml', 'b', '-e', 'staging', '-l', 'suite=x', '-l', 'tier=1', '--json', '-q'),
    ).to.deep.equal([
      'run',
      ['a.yaml', 'b'],
      { environment: 'staging', selector: ['suite=x', 'tier=1'], json: true, quiet: true, generator: 'auto' },
    ]);
    expect(await parse('init')).to.deep.equal(['init', '.', {}]);
    expect(await parse('schema', 'config')).to.deep.equal(['schema', 'config']);
    expect(await parse('judge', 'run-1', '--sla', 'x.yaml')).to.deep.equal([
      'judge',
      'run-1',
      { sla: 'x.yaml' },
    ]);
    expect(await parse('backtest', '--sla', 'x.yaml', 'reports')).to.deep.equal([
      'backtest',
      'reports',
      { sla: 'x.yaml' },
    ]);
    expect(await parse('run', 'a.yaml', '--max-duration', '1m30s')).to.deep.equal([
      'run',
      ['a.yaml'],
      { generator: 'auto', maxDuration: 90_000 },
    ]);
  });

  it('takes --no-color before and after the command', async () => {
    expect(await parse('--no-color', 'doctor')).to.deep.equal(['doctor', {}]);
    expect(await parse('doctor', '--no-color')).to.deep.equal(['doctor', {}]);
  });

  it('is described in docs/cli.md as it is', async () => {
    const unused = () => Promise.reject(new Error('not called'));
    const commands = new Proxy({}, { get: () => unused }) as Commands;
    const text = await renderCliDocs(buildProgram('', commands, () => undefined));
    const file = join(packageRoot, 'docs', 'cli.md');
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, text);
    expect(await readFile(file, 'utf8'), 'UPDATE_GOLDEN=1 npm test writes it anew').to.equal(text);
  });
});
