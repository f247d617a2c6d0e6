import type { DurationMs } from '../../shared/time.js';
import type { RowsTask } from '../process/row-messages.js';
import type { RowFormat } from '../row-format.js';

/** What the thread that reads a command's rows is born with. */
export interface CommandRowsTask extends RowsTask {
  readonly format: RowFormat;
  readonly maxDurationMs: DurationMs;
  /** One float: when the command was started, by the wall clock. It is written before the first row can come. */
  readonly startedMs: SharedArrayBuffer;
}
