import type { EpochMs } from '../../shared/time.js';
import type { MetricContents, MetricType } from '../metric-series.js';

/** The tags of a row, as far as they are used. Rows with the same tags mostly have the same object. */
export interface RowTags {
  readonly name: string;
  readonly method: string;
  /** 0: without a response. */
  readonly status: number;
  /** k6's own judgement; undefined where the script has switched it off. */
  readonly expected: boolean | undefined;
  /** False in setup() and teardown(), whose requests are no load. */
  readonly inLoad: boolean;
  /** Every tag of the row. */
  readonly all: Readonly<Record<string, string>>;
}

/** What a row says, as far as it is used. Its time is k6's own: the wall clock of the machine. */
export interface Point {
  readonly atMs: EpochMs;
  readonly value: number;
  readonly tags: RowTags;
  /** 0 where the row has none. */
  readonly vu: number;
  readonly call: number;
}

/**
 * Takes what the rows of `k6 run --out json` or `--out csv` say. A point is filled anew for the next row, so that none
 * makes an object: whoever needs it longer keeps what it says.
 */
export interface RowTaker {
  /**
   * A finished request, at its end; a redirect has one for each of its steps.
   *
   * @param point its value: without what it took to get a connection
   * @param totalMs from asking for a connection to the last byte
   */
  request(point: Point, totalMs: number): void;
  /** A request is being sent. The value: the number of its endpoint within its virtual user; negative where the tags say what it is. */
  sent(point: Point): void;
  /** A call is over. */
  over(point: Point): void;
  iteration(point: Point): void;
  /** As many iterations as the value says were dropped. */
  dropped(point: Point): void;
  /** The load begins. */
  ready(point: Point): void;
  /** A row that k6 writes every second whatever happens. */
  tick(point: Point): void;
  /** A sample of a metric that is wanted. */
  metric(name: string, point: Point): void;
  /** What a metric that is wanted is; before its first sample. */
  declared(metric: DeclaredMetric): void;
}

export interface DeclaredMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: MetricContents;
}

export interface RowScanner {
  /** Takes the next bytes, cut anywhere. They may be overwritten afterwards. */
  push(bytes: Uint8Array): void;
  /** Rows of the kinds that are read, but which are not as k6 writes them. */
  readonly unreadable: number;
}
