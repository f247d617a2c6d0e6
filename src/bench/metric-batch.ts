/** Samples of metrics in columns; all arrays are at least `count` long. */
export interface MetricBatch {
  readonly count: number;
  /** What the sample is of begins here, which decides its phase; for most metrics the moment of the sample. */
  readonly startMs: Float64Array;
  /** And ends here, at the same moment or later. */
  readonly endMs: Float64Array;
  /** NaN where the generator could not measure it. */
  readonly value: Float64Array;
  /** The index that TapeWriter.metric() gave. */
  readonly series: Uint16Array;
}
