import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { isSameProcess } from '../../src/shared/process-identity.js';
import type { RecordedProcess, RunRecorder } from '../../src/shared/run-recorder.js';

/** Where a generator under test has its files, and what it started. */
export interface LoadFolder {
  readonly root: string;
  readonly temporaryFolder: string;
  readonly logsFolder: string;
  /** In order of their start. */
  readonly recorded: readonly RecordedProcess[];
  readonly recorder: RunRecorder;
}

/**
 * For the tests of the surrounding `describe`, new for each of them. After each, its private folder has to be empty, and none of
 * the processes that were started may be left.
 */
export function aLoadFolder(name: string): LoadFolder {
  let root = '';
  let recorded: RecordedProcess[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), `plimsoll-${name}-test-`));
    for (const each of ['private', 'logs']) mkdirSync(join(root, each));
    recorded = [];
  });
  afterEach(async () => {
    expect(readdirSync(join(root, 'private'))).to.deep.equal([]);
    rmSync(root, { recursive: true, force: true });
    for (const { pid, startToken } of recorded) {
      if (!(await isSameProcess(pid, startToken))) continue;
      process.kill(-pid, 'SIGKILL');
      throw new Error(`what made the load was left running (pid ${pid})`);
    }
  });
  return {
    get root() {
      return root;
    },
    get temporaryFolder() {
      return join(root, 'private');
    },
    get logsFolder() {
      return join(root, 'logs');
    },
    get recorded() {
      return recorded;
    },
    recorder: {
      processStarted: (started) => {
        recorded.push(started);
        return Promise.resolve();
      },
    },
  };
}
