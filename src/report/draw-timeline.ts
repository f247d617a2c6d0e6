import { formatDuration, formatRate } from '../shared/units.js';
import { escapeXml } from './escape.js';
import { formatClock } from './format-moment.js';
import { latencyScale, linearScale, timeTicks, type Scale } from './scale.js';
import { spreadLabels } from './spread-labels.js';
import type { FaultLane, LimitLine, Timeline, TimelinePoint } from './view-timeline.js';

/** How the chart is laid out; all lengths in the units of its view box. */
export interface TimelineLayout {
  readonly width: number;
  readonly latencyHeight: number;
  readonly rateHeight: number;
  /** Room for the axis labels on the left, and for the names of the lines on the right. */
  readonly left: number;
  readonly right: number;
  /** Prefix of element ids, so that several charts can stand in one page. */
  readonly id: string;
}

export const WIDE: TimelineLayout = {
  width: 1040,
  latencyHeight: 250,
  rateHeight: 92,
  left: 58,
  right: 44,
  id: 'wide',
};
export const NARROW: TimelineLayout = {
  width: 344,
  latencyHeight: 200,
  rateHeight: 76,
  left: 50,
  right: 32,
  id: 'narrow',
};

const LANE_HEIGHT = 13;
const HEADER = 22;
const GAP = 30;
const AXIS = 22;
const LINES = ['p50', 'p95', 'p99'] as const;
type Line = (typeof LINES)[number];

/** The timeline as an SVG element: latency above, requests and failures per second below, phases and faults over both. */
export function drawTimeline(timeline: Timeline, layout: TimelineLayout, description: string): string {
  const laneNames = [...new Set(timeline.lanes.map((lane) => lane.fault))];
  const lanesTop = HEADER;
  const latencyTop = lanesTop + laneNames.length * LANE_HEIGHT + 18;
  const latencyBottom = latencyTop + layout.latencyHeight;
  const rateTop = latencyBottom + GAP;
  const rateBottom = rateTop + layout.rateHeight;
  const height = rateBottom + AXIS;
  const plotRight = layout.width - layout.right;
  const x = (ms: number): number => layout.left + (ms / timeline.spanMs) * (plotRight - layout.left);
  const latency = latencyScale(
    timeline.points.flatMap((point) => LINES.flatMap((line) => latencyOf(point, line) ?? [])),
    timeline.limits.map((limit) => limit.limitMs),
    latencyBottom,
    latencyTop,
  );
  const rate = rateScale(timeline, rateBottom, rateTop);
  const frame: Frame = { x, left: layout.left, right: plotRight, top: latencyTop, bottom: rateBottom };
  const { id } = layout;

  return [
    `<svg class="timeline ${id}" viewBox="0 0 ${layout.width} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc"`,
    ` data-left="${layout.left}" data-right="${plotRight}" data-width="${layout.width}">`,
    `<title id="${id}-title">Latency, requests and failures over time</title>`,
    `<desc id="${id}-desc">${escapeXml(description)}</desc>`,
    drawPhases(timeline, frame),
    ...laneNames.map((name, index) =>
      drawLane(
        name,
        timeline.lanes.filter((lane) => lane.fault === name),
        lanesTop + index * LANE_HEIGHT,
        frame,
        timeline.spanMs,
      ),
    ),
    drawGrid(
      latency,
      latencyTop,
      latency.kind === 'log' ? 'latency, log scale' : 'latency',
      formatDuration,
      frame,
    ),
    drawGrid(rate, rateTop, 'requests per second', formatRate, frame),
    drawRate(timeline.points, rate, rateBottom, frame),
    ...timeline.limits.map((limit) => drawLimit(limit, latency, frame)),
    ...LINES.map((line) => drawLine(line, timeline.points, latency, frame)),
    drawLineNames(timeline.points, latency, plotRight),
    drawMarks(timeline, frame),
    drawTimeAxis(timeline.spanMs, rateBottom, layout.width < 500 ? 5 : 10, frame),
    `<line class="cursor" x1="0" x2="0" y1="${latencyTop}" y2="${rateBottom}" visibility="hidden"/>`,
    '</svg>',
  ].join('');
}

interface Frame {
  readonly x: (ms: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function latencyOf(point: TimelinePoint, line: Line): number | null {
  return line === 'p50' ? point.p50Ms : line === 'p95' ? point.p95Ms : point.p99Ms;
}

function rateScale(timeline: Timeline, bottom: number, top: number): Scale {
  // A sliver of a second at a phase's border may hold any rate; it must not set the scale.
  const steady = timeline.points.filter((point) => point.toMs - point.fromMs >= 300);
  const points = steady.length > 0 ? steady : timeline.points;
  const max = Math.max(1, ...points.map((point) => point.requestsPerSecond + point.droppedPerSecond));
  return linearScale(max * 1.05, bottom, top, 3);
}

function drawPhases(timeline: Timeline, { x, top, bottom }: Frame): string {
  return timeline.phases
    .map(({ phase, fromMs, toMs }) => {
      const left = x(fromMs);
      const width = x(toMs) - left;
      const label = width < phase.length * 6.4 ? '' : phase;
      return (
        `<rect class="phase ${phase}" x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(bottom - top)}"/>` +
        `<text class="phase-name ${phase}" x="${px(left + width / 2)}" y="14" text-anchor="middle">${escapeXml(label)}</text>`
      );
    })
    .join('');
}

function drawLane(
  name: string,
  lanes: readonly FaultLane[],
  top: number,
  { x, right }: Frame,
  spanMs: number,
): string {
  const bars = lanes.map((lane) => {
    const end = lane.recoveredMs ?? spanMs;
    const whole = `<rect class="fault-asked" x="${px(x(lane.askedMs))}" y="${top}" width="${px(Math.max(x(end) - x(lane.askedMs), 2))}" height="8" rx="2"><title>${escapeXml(describeLane(lane))}</title></rect>`;
    if (lane.injectedMs === null) return whole;
    const out = lane.outMs ?? end;
    return `${whole}<rect class="fault-active" x="${px(x(lane.injectedMs))}" y="${top}" width="${px(Math.max(x(out) - x(lane.injectedMs), 2))}" height="8" rx="2"><title>${escapeXml(describeLane(lane))}</title></rect>`;
  });
  const first = Math.min(...lanes.map((lane) => x(lane.askedMs)));
  const roomLeft = first > right / 2 || first > name.length * 6.4 + 60;
  const label = roomLeft
    ? `<text class="lane-name" x="${px(first - 6)}" y="${top + 8}" text-anchor="end">${escapeXml(name)}</text>`
    : '';
  return bars.join('') + label;
}

function describeLane(lane: FaultLane): string {
  if (lane.injectedMs === null)
    return `${lane.fault}: asked for at ${formatClock(lane.askedMs)}, never proven active`;
  const until =
    lane.recoveredMs === null ? 'not proven gone' : `proven gone at ${formatClock(lane.recoveredMs)}`;
  return `${lane.fault}: proven active at ${formatClock(lane.injectedMs)}, ${until}`;
}

function drawGrid(
  scale: Scale,
  top: number,
  name: string,
  format: (value: number) => string,
  { left, right }: Frame,
): string {
  const lines = scale.ticks.map((tick) => {
    const y = px(scale.at(tick));
    const label = tick === 0 ? '0' : format(tick);
    return (
      `<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/>` +
      `<text class="tick" x="${left - 7}" y="${y}" dy="0.32em" text-anchor="end">${escapeXml(label)}</text>`
    );
  });
  return `${lines.join('')}<text class="axis-name" x="${left + 6}" y="${px(top - 5)}">${escapeXml(name)}</text>`;
}

/** Breaks where there was no sample: a line drawn across would be an invention. */
function drawLine(line: Line, points: readonly TimelinePoint[], scale: Scale, { x }: Frame): string {
  const runs: [number, number][][] = [];
  let run: [number, number][] | undefined;
  let lastToMs = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const value = latencyOf(point, line);
    if (value === null || point.fromMs - lastToMs > 1500) run = undefined;
    lastToMs = point.toMs;
    if (value === null) continue;
    if (run === undefined) runs.push((run = []));
    run.push([x((point.fromMs + point.toMs) / 2), scale.at(value)]);
  }
  return runs
    .map((places) =>
      places.length === 1
        ? `<circle class="line-dot ${line}" cx="${px(places[0]?.[0] ?? 0)}" cy="${px(places[0]?.[1] ?? 0)}" r="2.2"/>`
        : `<path class="line ${line}" d="M${places.map(([px0, py]) => `${px(px0)} ${px(py)}`).join('L')}"/>`,
    )
    .join('');
}

/** The names at the right end of their lines, moved apart where they would cover one another. */
function drawLineNames(points: readonly TimelinePoint[], scale: Scale, right: number): string {
  const last = points.findLast((point) => point.p50Ms !== null);
  if (!last) return '';
  const places = spreadLabels(
    LINES.map((line) => scale.at(latencyOf(last, line) ?? 0)),
    12,
  );
  return LINES.map(
    (line, index) =>
      `<text class="line-name ${line}" x="${right + 6}" y="${px(places[index] ?? 0)}" dy="0.32em">${line}</text>`,
  ).join('');
}

function drawRate(points: readonly TimelinePoint[], scale: Scale, bottom: number, { x }: Frame): string {
  const bar = (kind: string, point: TimelinePoint, from: number, to: number): string => {
    const left = x(point.fromMs);
    const width = Math.max(x(point.toMs) - left - 0.6, 0.6);
    const top = scale.at(to);
    // One failure among thousands must still be seen.
    const height = Math.max(scale.at(from) - top, 2);
    return `<rect class="${kind}" x="${px(left)}" y="${px(Math.min(top, bottom - height))}" width="${px(width)}" height="${px(height)}"/>`;
  };
  return points
    .map((point) => {
      const { requestsPerSecond: all, failuresPerSecond: failed, droppedPerSecond: dropped } = point;
      return [
        all > failed ? bar('requests', point, failed, all) : '',
        failed > 0 ? bar('failures', point, 0, failed) : '',
        dropped > 0 ? bar('dropped', point, all, all + dropped) : '',
      ].join('');
    })
    .join('');
}

function drawLimit(limit: LimitLine, scale: Scale, { x, top }: Frame): string {
  const y = scale.at(limit.limitMs);
  const highest = scale.ticks.at(-1) ?? 0;
  if (limit.limitMs > highest) return '';
  const [left, right] = [x(limit.fromMs), x(limit.toMs)];
  const label =
    right - left < limit.text.length * 6
      ? ''
      : `<text class="limit-name ${limit.percentile}" x="${px(right - 4)}" y="${px(y < top + 14 ? y + 12 : y - 4)}" text-anchor="end">${escapeXml(limit.text)}</text>`;
  return `<line class="limit ${limit.percentile}" x1="${px(left)}" x2="${px(right)}" y1="${px(y)}" y2="${px(y)}"><title>${escapeXml(limit.text)}</title></line>${label}`;
}

function drawMarks(timeline: Timeline, { x, bottom }: Frame): string {
  return timeline.marks
    .map(({ atMs, text }) => {
      const at = x(atMs);
      return `<path class="mark" d="M${px(at)} ${px(bottom)}l-4 7h8z"><title>${escapeXml(`${formatClock(atMs)} ${text}`)}</title></path>`;
    })
    .join('');
}

function drawTimeAxis(spanMs: number, bottom: number, wanted: number, { x, left, right }: Frame): string {
  const ticks = timeTicks(spanMs, wanted).map(
    (ms) =>
      `<text class="tick" x="${px(x(ms))}" y="${px(bottom + 18)}" text-anchor="middle">${formatClock(ms)}</text>`,
  );
  return `<line class="axis" x1="${left}" x2="${right}" y1="${px(bottom)}" y2="${px(bottom)}"/>${ticks.join('')}`;
}

/** A position with a tenth of a unit: more would only make the file larger. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
