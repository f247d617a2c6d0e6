import type { RunRecorder } from '../shared/run-recorder.js';

/** What a journal says of its run before anything is started. */
export interface RunIntent {
  readonly runId: string;
  readonly experiment: string;
  readonly environment: string;
  /** The harness itself, by pid and start token: while it lives, the run is no dead run. */
  readonly owner: { readonly pid: number; readonly startToken: string };
  readonly startedAt: string;
  readonly temporaryFolders: readonly string[];
  /** So that a sweep which may not list them does not take them for gone. Undefined in old journals. */
  readonly faultKinds?: readonly string[] | undefined;
}

/**
 * The intent of one run, on disk before the world is touched, so that `sweep` can undo what a dead run left. A file of
 * JSON lines that only grows; each entry is synced before its call resolves.
 */
export interface Journal extends RunRecorder {
  /** Writes the intent. Rejects with NOT_READY where the folder cannot be written. */
  begin(intent: RunIntent): Promise<void>;
  faultRequested(name: string): Promise<void>;
  faultRecovered(name: string): Promise<void>;
  /** Nothing is left behind: removes the file. */
  close(): Promise<void>;
}
