import type { Result } from '../experiments/result-schema.js';
import { formatCount, formatRate } from '../shared/units.js';
import { drawSpectrum, NARROW_SPECTRUM, WIDE_SPECTRUM } from './draw-spectrum.js';
import { drawTimeline, NARROW, WIDE } from './draw-timeline.js';
import { embedJson } from './escape.js';
import { formatClock, formatOffset } from './format-moment.js';
import { formatMaybeMs } from './format-reading.js';
import { findMeasurement } from './view-endpoints.js';
import { viewSpectrum, type SpectrumRow } from './view-spectrum.js';
import type { Timeline, TimelinePoint } from './view-timeline.js';

/** The timeline drawn, for a wide and for a narrow page, and the numbers behind it. */
export interface TimelineView {
  readonly wide: string;
  readonly narrow: string;
  readonly note: string;
  readonly data: string;
  readonly rows: readonly TimelineRow[];
}

interface TimelineRow {
  readonly at: string;
  readonly phase: string;
  readonly requests: string;
  readonly failures: string;
  readonly dropped: string;
  readonly p50: string;
  readonly p95: string;
  readonly p99: string;
}

/** The percentile spectrum drawn, and the numbers behind it. */
export interface SpectrumChart {
  readonly wide: string;
  readonly narrow: string;
  readonly rows: readonly SpectrumRow[];
}

export function viewTimelineChart(result: Result, timeline: Timeline): TimelineView {
  const description = `${describePhases(result)}. The table below the chart has every second.`;
  return {
    wide: drawTimeline(timeline, WIDE, description),
    narrow: drawTimeline(timeline, NARROW, description),
    note:
      timeline.slicesPerPoint === 1
        ? ''
        : `Each point is the slowest of up to ${timeline.slicesPerPoint} neighbouring seconds.`,
    data: embedJson(timeline.points.map((point) => viewHover(point, timeline.spanMs))),
    rows: timeline.points.map((point) => ({
      at: formatOffset(point.fromMs),
      phase: point.phase,
      requests: formatCount(point.requests),
      failures: formatCount(point.failures),
      dropped: formatCount(point.dropped),
      p50: formatMaybeMs(point.p50Ms),
      p95: formatMaybeMs(point.p95Ms),
      p99: formatMaybeMs(point.p99Ms),
    })),
  };
}

/** Where along the chart a point lies (0..1), and the lines that the pointer shows there. */
function viewHover(point: TimelinePoint, spanMs: number): readonly [number, ...string[]] {
  const middle = (point.fromMs + point.toMs) / 2 / spanMs;
  return [
    Math.round(middle * 1e5) / 1e5,
    `${formatClock(point.fromMs)} ${point.phase}`,
    `p99 ${formatMaybeMs(point.p99Ms)}`,
    `p95 ${formatMaybeMs(point.p95Ms)}`,
    `p50 ${formatMaybeMs(point.p50Ms)}`,
    formatRate(point.requestsPerSecond),
    ...(point.failures > 0 ? [`${formatCount(point.failures)} failed`] : []),
    ...(point.dropped > 0 ? [`${formatCount(point.dropped)} dropped`] : []),
  ];
}

function describePhases(result: Result): string {
  const phases = (['steady', 'fault', 'recovery'] as const).flatMap((phase) => {
    const entry = findMeasurement(result, phase);
    return entry === undefined
      ? []
      : [
          `${phase}: p50 ${formatMaybeMs(entry.p50Ms)}, p95 ${formatMaybeMs(entry.p95Ms)}, p99 ${formatMaybeMs(entry.p99Ms)}, ${formatCount(entry.failures)} of ${formatCount(entry.requests)} requests failed`,
        ];
  });
  return phases.join('; ');
}

export function viewSpectrumChart(result: Result): SpectrumChart | null {
  const view = viewSpectrum(result);
  if (view === undefined) return null;
  const description = `${describePhases(result)}. The table below the chart has more percentiles.`;
  return {
    wide: drawSpectrum(view, WIDE_SPECTRUM, description),
    narrow: drawSpectrum(view, NARROW_SPECTRUM, description),
    rows: view.rows,
  };
}
