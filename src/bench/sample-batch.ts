/** How one request ended. A request without a response carries the time until it was given up, at least. */
export const RESULT_OK = 0;
export const RESULT_FAILED_RESPONSE = 1;
export const RESULT_NO_RESPONSE = 2;

/** Finished requests in columns; all arrays are at least `count` long. */
export interface SampleBatch {
  readonly count: number;
  /** When the request started (open model: was due to start), in epoch ms with fractions. */
  readonly startMs: Float64Array;
  /** From that start to the end of the response, connection set-up included, in microseconds. */
  readonly latencyUs: Float64Array;
  /** The index that TapeWriter.endpoint() gave. */
  readonly endpoint: Uint16Array;
  /** RESULT_OK, RESULT_FAILED_RESPONSE or RESULT_NO_RESPONSE. */
  readonly result: Uint8Array;
}
