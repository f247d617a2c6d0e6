import type { Result } from '../experiments/result-schema.js';
import { formatCount, formatDuration, formatRate, formatShare } from '../shared/units.js';
import { formatMaybeMs, formatRatio } from './format-reading.js';
import { viewBenchmarks } from './view-benchmarks.js';
import { findMeasurement } from './view-endpoints.js';

const MOST_TILES = 6;

/** One number of the overview, before and under the fault. */
export interface Tile {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
}

export function viewTiles(result: Result): readonly Tile[] {
  if (result.benchmarks !== undefined && result.generator.requests === 0) return viewBenchmarkTiles(result);
  const steady = findMeasurement(result, 'steady');
  const fault = findMeasurement(result, 'fault');
  const latency = (name: string, before: number | null, after: number | null): Tile => ({
    name,
    before: formatMaybeMs(before),
    after: formatMaybeMs(after),
    change: describeRatio(before, after),
  });
  const share = (entry: typeof steady): string =>
    entry === undefined || entry.requests === 0 ? '–' : formatShare(entry.failures / entry.requests);
  const rate = (entry: typeof steady): string =>
    entry === undefined ? '–' : formatRate(entry.ratePerSecond);
  return [
    latency('p50', steady?.p50Ms ?? null, fault?.p50Ms ?? null),
    latency('p95', steady?.p95Ms ?? null, fault?.p95Ms ?? null),
    latency('p99', steady?.p99Ms ?? null, fault?.p99Ms ?? null),
    { name: 'errors', before: share(steady), after: share(fault), change: describeFailures(fault) },
    { name: 'rate', before: rate(steady), after: rate(fault), change: describeDropped(fault) },
    viewRecovery(result),
  ];
}

function viewRecovery({ recoveryMs, judgements }: Result): Tile {
  const tile = (after: string, change: string): Tile => ({ name: 'recovery', before: '', after, change });
  if (recoveryMs !== null) return tile(formatDuration(recoveryMs), 'until steady again');
  const unseen = judgements.map(({ reading }) => reading).find(({ status }) => status === 'at-least');
  return unseen?.status === 'at-least'
    ? tile(`> ${formatDuration(unseen.value)}`, 'not steady again')
    : tile('–', 'not seen');
}

/** Of benchmarks alone: as many of their units as there is room for. */
function viewBenchmarkTiles(result: Result): readonly Tile[] {
  const groups = viewBenchmarks(result)?.groups ?? [];
  return groups
    .flatMap(({ rows }) => rows)
    .slice(0, MOST_TILES)
    .map(({ name, unit, steady, fault }) => ({
      name: groups.length === 1 ? unit : `${name} ${unit}`,
      before: steady.median,
      after: fault.median,
      change: fault.change === '~' ? 'no clear change' : fault.change,
    }));
}

type MaybeMeasured = ReturnType<typeof findMeasurement>;

function describeRatio(before: number | null, after: number | null): string {
  const ratio = formatRatio(before, after);
  return ratio === undefined ? '' : `${ratio} steady`;
}

function describeFailures(entry: MaybeMeasured): string {
  return entry === undefined ? '' : `${formatCount(entry.failures)} of ${formatCount(entry.requests)}`;
}

function describeDropped(entry: MaybeMeasured): string {
  return entry === undefined || entry.dropped === 0 ? '' : `${formatCount(entry.dropped)} dropped`;
}
