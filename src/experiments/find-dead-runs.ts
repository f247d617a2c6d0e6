import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeadRun } from '../chaos/fault-injector.js';
import { messageOf, PlimsollError } from '../shared/errors.js';
import { isSameProcess } from '../shared/process-identity.js';
import { systemCode } from './cannot-write.js';
import type { RunIntent } from './journal.js';
import { journalFolder, parseJournal } from './journal-file.js';

export interface FoundRuns {
  /** Their own process is gone: what they left may be swept. */
  readonly dead: readonly DeadRun[];
  /** They go on, and must not be touched. */
  readonly living: readonly RunIntent[];
  /** Paths of journals of which nobody can tell whose they are. */
  readonly unreadable: readonly string[];
}

/** The runs that have a journal, oldest first, by whether the process that wrote it is still there. Changes nothing. */
export async function findDeadRuns(stateFolder: string): Promise<FoundRuns> {
  const folder = journalFolder(stateFolder);
  const dead: DeadRun[] = [];
  const living: RunIntent[] = [];
  const unreadable: string[] = [];
  for (const name of await journalNames(folder)) {
    const path = join(folder, name);
    const text = await readJournal(path);
    if (text === undefined) continue;
    const journal = parseJournal(text);
    if (journal === undefined || `${journal.intent.runId}.jsonl` !== name) {
      unreadable.push(path);
      continue;
    }
    const { intent, processes } = journal;
    const { runId, environment, temporaryFolders, faultKinds } = intent;
    if (await isSameProcess(intent.owner.pid, intent.owner.startToken)) living.push(intent);
    else
      dead.push({
        runId,
        environment,
        processes,
        temporaryFolders,
        ...(faultKinds === undefined ? {} : { faultKinds }),
      });
  }
  return { dead, living, unreadable };
}

async function journalNames(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.jsonl') && !name.startsWith('.')).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw cannotRead(folder, error);
  }
}

/** Undefined where the run has ended, and taken its journal away, since the folder was listed. */
async function readJournal(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): PlimsollError {
  return new PlimsollError('NOT_READY', `${path} cannot be read: ${messageOf(error)}`, {
    remedy: 'what dead runs left cannot be told without it; make it readable for this user',
    cause: error,
  });
}
