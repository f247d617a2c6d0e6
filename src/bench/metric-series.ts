/** The kinds of metric that a k6 script can make. */
export const METRIC_TYPES = ['trend', 'rate', 'counter', 'gauge'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** What k6 says that the values of a metric are: milliseconds, bytes, or anything. */
export const METRIC_CONTENTS = ['default', 'time', 'data'] as const;
export type MetricContents = (typeof METRIC_CONTENTS)[number];

/** Which samples of a metric are meant: those that carry all of the tags. */
export interface MetricSelector {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A selector with what the generator told of its metric. */
export interface MetricSeries extends MetricSelector {
  readonly type: MetricType;
  readonly contains: MetricContents;
}

/** The same for the same selector, in whatever order its tags were written. */
export function selectorKey({ name, tags }: MetricSelector): string {
  return JSON.stringify([name, ...Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Histograms hold whole numbers: bytes as they are, of everything else thousandths. */
export function histogramScale({ contains }: Pick<MetricSeries, 'contains'>): number {
  return contains === 'data' ? 1 : 1000;
}
