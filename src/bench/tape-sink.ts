import type { EpochMs } from '../shared/time.js';
import type { Endpoint } from './endpoint-table.js';
import type { MetricSeries } from './metric-series.js';
import type { Second, SlicePhase } from './second.js';

/**
 * Where a tape goes while it is recorded. Calls never throw and never wait: whatever becomes of what was handed over
 * is the sink's business, and none of the run's.
 */
export interface TapeSink {
  /** What starts from here on belongs to this phase. The first border is the beginning of the tape. */
  border(phase: SlicePhase, atMs: EpochMs): void;
  /** The next endpoint, in order of their indexes; before the first second that has it. */
  endpoint(endpoint: Endpoint): void;
  /** The next metric, in the same way. */
  metric(series: MetricSeries): void;
  /** A second that is over, in order of time. */
  second(second: Second): void;
  /** The last moment that was measured; nothing comes after it. */
  end(atMs: EpochMs): void;
}
