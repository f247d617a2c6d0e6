import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, PlimsollError } from '../shared/errors.js';
import { didYouMean } from '../shared/nearest-name.js';
import { systemCode } from './cannot-write.js';
import { isFields, pathName } from './document-issue.js';
import { listRuns } from './list-runs.js';
import { RUN_ID_PATTERN } from './new-run-id.js';
import { parseDescribed } from './parse-described.js';
import { type Result, resultSchema } from './result-schema.js';
import { RESULT_FILE } from './store-result.js';

export interface StoredRun {
  readonly result: Result;
  /** The path of its `result.json`. */
  readonly file: string;
  /** Where its reports belong. */
  readonly folder: string;
}

const SHOWN_RUNS = 3;
const SHOWN_ISSUES = 3;

/**
 * Reads a stored run by its folder, by its `result.json`, or by its id, which is looked for below `reports`. Rejects
 * with USAGE where there is none, or it cannot be read.
 */
export async function readResult(run: string, reports: string): Promise<StoredRun> {
  const file = await findResult(run, reports);
  return { result: parseResult(file, await read(file)), file, folder: dirname(file) };
}

/** Where the result of a run is, or would be; a file is taken as it is. */
export async function findResult(run: string, reports: string): Promise<string> {
  const kind = await kindOf(run);
  if (kind === 'file') return run;
  if (kind === 'folder') return join(run, RESULT_FILE);
  if (basename(run) !== run) throw unknown(`there is no run in ${run}: no such file or folder`);
  const runs = await listRuns(reports);
  const found = runs.find((entry) => entry.runId === run);
  if (found !== undefined) return join(found.folder, RESULT_FILE);
  if (runs.length === 0) throw unknown(`there is no run "${run}": ${reports} holds none`);
  const newest = runs.map((entry) => entry.runId).sort();
  const nearest = didYouMean(run, newest);
  const latest = newest.slice(-SHOWN_RUNS).reverse().join(', ');
  throw unknown(
    `there is no run "${run}" in ${reports}${nearest === '' ? `; the latest are ${latest}` : nearest}`,
  );
}

function unknown(message: string): PlimsollError {
  const remedy = `name a run's id, its folder, or its ${RESULT_FILE}`;
  return new PlimsollError('USAGE', message, { remedy });
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return 'nothing';
    throw new PlimsollError('USAGE', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      throw new PlimsollError('USAGE', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    const folder = dirname(file);
    if (!RUN_ID_PATTERN.test(basename(folder))) throw unknown(`the folder ${folder} holds no ${RESULT_FILE}`);
    throw new PlimsollError('USAGE', `run ${basename(folder)} has no result: there is no ${file}`, {
      remedy: 'it goes on still, or it died before its end: plimsoll sweep tells',
      cause: error,
    });
  }
}

function parseResult(file: string, text: string): Result {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PlimsollError('USAGE', `${file} is not JSON: ${messageOf(error)}`, {
      remedy: `name the ${RESULT_FILE} of a run, as Plimsoll wrote it`,
      cause: error,
    });
  }
  const wanted = resultSchema.shape.schemaVersion.value;
  const version = isFields(value) ? value.schemaVersion : undefined;
  if (version !== wanted) throw wrongVersion(file, version, wanted);
  const { output, issues } = parseDescribed(resultSchema, value, (path) => pathName(path, 'the result'));
  if (output !== undefined) return output;
  const shown = issues.slice(0, SHOWN_ISSUES).map((issue) => issue.message);
  const more = issues.length > SHOWN_ISSUES ? `; and ${issues.length - SHOWN_ISSUES} more` : '';
  throw new PlimsollError('USAGE', `${file} is no valid result: ${shown.join('; ')}${more}`, {
    remedy: 'it was changed after the run, or written by an unfinished version; run again',
  });
}

function wrongVersion(file: string, version: unknown, wanted: string): PlimsollError {
  if (typeof version !== 'string' || !version.startsWith('plimsoll.dev/result/')) {
    return new PlimsollError('USAGE', `${file} is no result of a run: it has no schemaVersion "${wanted}"`, {
      remedy: `name the ${RESULT_FILE} of a run, as Plimsoll wrote it`,
    });
  }
  return new PlimsollError(
    'USAGE',
    `${file} is of schemaVersion "${version}"; this Plimsoll reads "${wanted}"`,
    {
      remedy: 'read it with the version of Plimsoll that wrote it (versions.plimsoll in the file)',
    },
  );
}
