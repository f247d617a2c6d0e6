/** Where the true value lies with that confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0.95: of a hundred such intervals 95 hold it. */
  readonly confidence: number;
}
