/** A process that Plimsoll started, so that a later run finds it and never touches another with the same pid. */
export interface RecordedProcess {
  readonly pid: number;
  /** Opaque; see processStartToken. */
  readonly startToken: string;
  /** `replica orders-1`, `fault proxy`, `stress orders-1`, `k6`, `load command`. */
  readonly role: string;
  /** The process leads a process group of its own, and the group goes with it. */
  readonly group: boolean;
}

/** Where a run writes down what it starts, so that a sweep can end it should the run die. */
export interface RunRecorder {
  /** Resolves when the entry is on disk. Call it as soon as the process exists. */
  processStarted(started: RecordedProcess): Promise<void>;
}
