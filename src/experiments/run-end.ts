import type { RunStatus } from './result-schema.js';

/** Why a run ends before its plan is through. The reason of a signal; the first one counts. */
export class RunEnd extends Error {
  override readonly name = 'RunEnd';
  readonly status: RunStatus;

  constructor(status: RunStatus, reason: string) {
    super(reason);
    this.status = status;
  }
}
