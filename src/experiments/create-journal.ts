import { type FileHandle, mkdir } from 'node:fs/promises';
import { PlimsollError } from '../shared/errors.js';
import { cannotWrite, systemCode } from './cannot-write.js';
import { createWhole } from './durable-file.js';
import type { Journal, RunIntent } from './journal.js';
import { type JournalEntry, journalFolder, journalLine, journalPath, removeJournal } from './journal-file.js';

/** The journal of one run, in `<stateFolder>/runs/<runId>.jsonl`. Entries may be made at the same time. */
export function createJournal(stateFolder: string, runId: string): Journal {
  const path = journalPath(stateFolder, runId);
  let handle: FileHandle | undefined;
  /** The last entry was cut off in mid-line. */
  let torn = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs one after another; an entry that failed does not keep the next ones from being tried. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  }

  async function append(entry: JournalEntry): Promise<void> {
    await inTurn(async () => {
      if (handle === undefined) throw new Error(`the journal ${path} is not open`);
      try {
        await handle.appendFile(`${torn ? '\n' : ''}${journalLine(entry)}`);
        await handle.sync();
        torn = false;
      } catch (error) {
        torn = true;
        throw cannotWrite('the journal', path, error);
      }
    });
  }

  return {
    begin: (intent) =>
      inTurn(async () => {
        handle = await create(path, stateFolder, intent);
      }),
    processStarted: ({ pid, startToken, role, group }) =>
      append({ kind: 'process', pid, startToken, role, group }),
    faultRequested: (name) => append({ kind: 'fault-requested', name }),
    faultRecovered: (name) => append({ kind: 'fault-recovered', name }),
    close: () =>
      inTurn(async () => {
        if (handle === undefined) return;
        const open = handle;
        handle = undefined;
        await open.close();
        await removeJournal(stateFolder, runId);
      }),
  };
}

/** No reader ever sees it without its intent, so that a sweep cannot take a beginning run for a dead one. */
async function create(path: string, stateFolder: string, intent: RunIntent): Promise<FileHandle> {
  try {
    await mkdir(journalFolder(stateFolder), { recursive: true });
    return await createWhole(path, journalLine({ kind: 'run', ...intent }));
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      throw new PlimsollError(
        'NOT_READY',
        `the journal ${path} exists: another run has the id ${intent.runId}`,
        {
          remedy: 'run again, which takes another id; if its run is dead, plimsoll sweep removes it',
          cause: error,
        },
      );
    }
    throw cannotWrite('the journal', path, error);
  }
}
