import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PlimsollError } from '../../shared/errors.js';
import type { K6Binary } from '../k6/find-k6.js';
import { archiveCommand, k6Environment } from '../k6/k6-command.js';
import type { K6Load } from '../k6/k6-load.js';
import { lastWordsOf } from '../k6/last-words.js';
import { writeModules } from '../k6/write-modules.js';
import { captureOutput } from '../process/capture-output.js';

/** An object of Kubernetes holds one MiB; the scripts of a runner and the metadata want some of it. */
export const MOST_ARCHIVE_BYTES = 900 * 1024;
const DEADLINE_MS = 60_000;

const pack = promisify(gzip);

export interface Archive {
  readonly tar: Buffer;
  readonly packed: Buffer;
}

/**
 * The script with all that it imports and opens, as one file that any k6 can run. Rejects with LOAD_FAILED.
 */
export async function archiveScript(
  load: K6Load,
  { binary, runId }: { readonly binary: K6Binary; readonly runId: string },
  signal: AbortSignal,
): Promise<Archive> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-archive-'));
  try {
    const wrapper = await writeModules(load, folder, { startTogether: true });
    const path = join(folder, 'archive.tar');
    const env = k6Environment(load, runId);
    const output = await captureOutput(
      archiveCommand(binary, wrapper, path),
      { env, deadlineMs: DEADLINE_MS },
      signal,
    );
    if (output.status === 'failed' || output.code !== 0) {
      const why = output.status === 'failed' ? output.reason : lastWordsOf(output.stderr);
      throw new PlimsollError('LOAD_FAILED', `k6 cannot pack the script for its runners: ${why}`, {
        remedy: 'correct the script, or load.k6 in the experiment',
      });
    }
    const tar = await readFile(path);
    return { tar, packed: await pack(tar) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
