import { basename, dirname, join, resolve } from 'node:path';
import { measureTape, measureWindow } from '../../bench/tape-file/measure-tape.js';
import { readTape, TAPE_FILE } from '../../bench/tape-file/read-tape.js';
import type { StoredTape } from '../../bench/tape-file/stored-tape.js';
import { cannotWrite } from '../../experiments/cannot-write.js';
import { findResult } from '../../experiments/read-result.js';
import { RESULT_FILE } from '../../experiments/store-result.js';
import { PlimsollError } from '../../shared/errors.js';
import { EXIT } from '../../shared/exit.js';
import { didYouMean } from '../../shared/nearest-name.js';
import type { DurationMs } from '../../shared/time.js';
import { formatCount, parseDuration, UnitError } from '../../shared/units.js';
import type { CliContext } from '../cli-context.js';
import { printJson } from '../print-json.js';
import { renderTape } from '../render-tape.js';
import { reportsFolder } from '../reports-folder.js';
import { exportTape, tapeCsv, type TapeChoice, writeTapeParquet } from '../tape-rows.js';

export interface TapeCommandOptions {
  /** Counted from the start of the tape, as `12.5s`. */
  readonly from?: string;
  readonly to?: string;
  readonly endpoint?: string;
  readonly csv?: boolean;
  /** The file to write. */
  readonly parquet?: string;
  readonly json?: boolean;
  readonly reports?: string;
}

/** Times are shown, and typed, in whole milliseconds: a border at 2800.4 ms is meant by 2.8s. */
const ROUNDING_MS = 0.5;

/** Measures a stored run again, or a window of it, or prints its seconds. */
export async function tape(run: string, options: TapeCommandOptions, context: CliContext): Promise<number> {
  const { out, err } = context.terminal;
  const path = await findTape(run, await reportsFolder(options.reports, context.cwd));
  const stored = await readTape(path);
  if (stored.ending.status === 'cut-short') {
    const bytes = formatCount(stored.ending.wholeBytes);
    err.write(
      `the tape ends early, after ${bytes} bytes: the run goes on, died, or could not write; what is there is whole\n`,
    );
  }
  const choice = chooseFrom(stored, options);
  if (options.csv) out.write(tapeCsv(stored, choice));
  else if (options.parquet !== undefined) writeParquet(options.parquet, stored, choice, context);
  else if (options.json) printJson(out, exportTape(stored, choice));
  else {
    const isWhole = options.from === undefined && options.to === undefined;
    const measured = isWhole
      ? { fromMs: startOf(stored), toMs: stored.endMs, measurements: measureTape(stored) }
      : measureWindow(stored, choice.fromMs, choice.toMs);
    out.write(renderTape(stored, measured, choice.endpoint));
  }
  return EXIT.pass;
}

function writeParquet(
  file: string,
  stored: StoredTape,
  choice: TapeChoice,
  { cwd, terminal }: CliContext,
): void {
  try {
    writeTapeParquet(resolve(cwd, file), stored, choice);
  } catch (cause) {
    throw cannotWrite('the rows', file, cause);
  }
  terminal.out.write(`${file}\n`);
}

async function findTape(run: string, reports: string): Promise<string> {
  const file = await findResult(run, reports);
  return basename(file) === RESULT_FILE ? join(dirname(file), TAPE_FILE) : file;
}

function chooseFrom(stored: StoredTape, { from, to, endpoint }: TapeCommandOptions): TapeChoice {
  const names = [...new Set(stored.endpoints.map(({ name }) => name))];
  if (endpoint !== undefined && !names.includes(endpoint)) {
    const nearest = didYouMean(endpoint, names);
    const known = names.join(', ');
    throw new PlimsollError('USAGE', `the tape has no endpoint "${endpoint}"${nearest}`, {
      remedy: names.length === 0 ? 'it has none at all' : `it has: ${known}`,
    });
  }
  const startMs = startOf(stored);
  return {
    fromMs: from === undefined ? -Infinity : startMs + readTime('--from', from) - ROUNDING_MS,
    toMs: to === undefined ? Infinity : startMs + readTime('--to', to) + ROUNDING_MS,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function startOf({ spans }: StoredTape): number {
  return spans[0]?.startMs ?? 0;
}

function readTime(option: string, text: string): DurationMs {
  try {
    return parseDuration(text);
  } catch (cause) {
    if (!(cause instanceof UnitError)) throw cause;
    throw new PlimsollError('USAGE', `${option} ${text}: ${cause.message}`, { cause });
  }
}
