import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { PlimsollError } from '../../shared/errors.js';
import { packageRoot } from '../../shared/package-root.js';
import type { CliContext } from '../cli-context.js';
import { displayPath } from '../display-path.js';
import { EXIT } from '../../shared/exit.js';
import { writeText } from '../write-text.js';

export interface InitOptions {
  readonly force?: boolean;
}

interface NewFile {
  readonly from: string;
  /** Below the folder of the project, with forward slashes. */
  readonly to: string;
  /** `keep`: what is there already does as well. */
  readonly where: 'new' | 'keep';
}

const DEMO = 'demo/order-service.mjs';
const IGNORED = ['.plimsoll/', 'reports/'];
const FIRST_EXPERIMENT = 'experiments/order-submit-network-delay.yaml';

/** Writes a project that runs at once. Nothing is written where one file of it would replace another. */
export async function init(folder: string, options: InitOptions, context: CliContext): Promise<number> {
  const files = await filesToWrite();
  const existing = await filter(files, async ({ to }) => await exists(join(folder, to)));
  const inTheWay = existing.filter(({ where }) => where === 'new').map(({ to }) => join(folder, to));
  if (inTheWay.length > 0 && !options.force) {
    throw new PlimsollError('USAGE', `nothing was written: there is already ${inTheWay.join(', ')}`, {
      remedy: 'name another folder, or write over these with --force',
    });
  }
  const written: string[] = [];
  for (const file of files) {
    if (file.where === 'keep' && existing.includes(file)) continue;
    const to = join(folder, file.to);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(file.from, to);
    written.push(to);
  }
  const ignore = join(folder, '.gitignore');
  if (await addLines(ignore, IGNORED)) written.push(ignore);
  const cd = folder === '.' ? '' : `cd ${displayPath(folder, context.cwd)} && `;
  context.terminal.out.write(
    [
      ...written.map((path) => `created  ${displayPath(path, context.cwd)}`),
      `next     ${cd}plimsoll run ${FIRST_EXPERIMENT}`,
      '',
    ].join('\n'),
  );
  return EXIT.pass;
}

async function filesToWrite(): Promise<readonly NewFile[]> {
  const templates = join(packageRoot, 'templates', 'init');
  const entries = await readdir(templates, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(templates, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  return [
    ...paths.map((path) => ({ from: join(templates, path), to: path, where: 'new' as const })),
    { from: join(packageRoot, DEMO), to: DEMO, where: 'keep' },
  ];
}

/** Adds the lines that a text file lacks; tells whether there were any. */
async function addLines(path: string, lines: readonly string[]): Promise<boolean> {
  const text = (await exists(path)) ? await readFile(path, 'utf8') : '';
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !present.has(line));
  if (missing.length === 0) return false;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  await writeText(path, `${text}${gap}${missing.join('\n')}\n`);
  return true;
}

async function filter<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const held = await Promise.all(items.map(holds));
  return items.filter((_, index) => held[index]);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false; // what the caller asks
  }
}
