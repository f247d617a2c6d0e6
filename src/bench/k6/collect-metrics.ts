import type { EpochMs } from '../../shared/time.js';
import type { MetricSelector, MetricSeries } from '../metric-series.js';
import type { CollectedSamples } from '../process/collected-samples.js';
import { createMetricColumnWriter } from '../process/metric-columns.js';
import { PARTS_OF_REQUEST } from './builtin-metrics.js';
import { endpointName } from './endpoint-name.js';
import type { DeclaredMetric, Point, RowTags } from './row-taker.js';

/** The metric whose samples begin with their request, and for which a request that was given up counts. */
export const DURATION_METRIC = 'http_req_duration';
/** k6's own, which carry no tags. */
const OF_NO_SCENARIO = ['vus', 'vus_max'];

export interface MetricCollector {
  declare(metric: DeclaredMetric): void;
  /** A sample at a moment. */
  take(metric: string, point: Point): void;
  /** The duration of a request, from its start, for the selectors with these indexes. */
  takeDuration(indexes: readonly number[], startMs: EpochMs, endMs: EpochMs, valueMs: number): void;
  /** The selectors, by index, that the durations of requests with these tags are samples of. */
  durationsOf(tags: RowTags): readonly number[];
  collect(): Pick<CollectedSamples, 'metrics' | 'newMetrics'>;
}

/** Picks the samples that selectors name. */
export function createMetricCollector(selectors: readonly MetricSelector[]): MetricCollector {
  const indexed = selectors.map((selector, index) => ({ selector, index }));
  const byName = new Map(
    selectors.map(({ name }) => [name, indexed.filter((one) => one.selector.name === name)]),
  );
  const matches = new Map<string, WeakMap<RowTags, readonly number[]>>();
  const columns = createMetricColumnWriter();
  let newMetrics: { readonly index: number; readonly series: MetricSeries }[] = [];

  const matching = (metric: string, tags: RowTags): readonly number[] => {
    let known = matches.get(metric);
    if (known === undefined) matches.set(metric, (known = new WeakMap()));
    let indexes = known.get(tags);
    if (indexes === undefined) {
      indexes = (byName.get(metric) ?? [])
        .filter(({ selector }) => isSelected(selector, tags))
        .map(({ index }) => index);
      known.set(tags, indexes);
    }
    return indexes;
  };

  return {
    declare({ name, type, contains }) {
      for (const { selector, index } of byName.get(name) ?? []) {
        newMetrics.push({ index, series: { ...selector, type, contains } });
      }
    },
    take(metric, { atMs, value, tags }) {
      if (!tags.inLoad && !OF_NO_SCENARIO.includes(metric)) return;
      const isMeasured = tags.status !== 0 || !PARTS_OF_REQUEST.includes(metric);
      for (const index of matching(metric, tags)) columns.add(atMs, atMs, isMeasured ? value : NaN, index);
    },
    takeDuration(indexes, startMs, endMs, valueMs) {
      for (const index of indexes) columns.add(startMs, endMs, valueMs, index);
    },
    durationsOf: (tags) => matching(DURATION_METRIC, tags),
    collect() {
      const collected = { metrics: columns.take(), newMetrics };
      newMetrics = [];
      return collected;
    },
  };
}

function isSelected({ tags: wanted }: MetricSelector, tags: RowTags): boolean {
  return Object.entries(wanted).every(
    ([key, value]) =>
      tags.all[key] === value || (key === 'name' && endpointName(tags.name, tags.method) === value),
  );
}
