import { formatDuration } from '../shared/units.js';
import { escapeXml } from './escape.js';
import { latencyScale, type Scale } from './scale.js';
import { spreadLabels } from './spread-labels.js';
import { toNines, type SpectrumCurve, type SpectrumLimit, type SpectrumView } from './view-spectrum.js';

/** How the chart is laid out; all lengths in the units of its view box. */
export interface SpectrumLayout {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  /** Room for the names of the curves. */
  readonly right: number;
  readonly id: string;
}

export const WIDE_SPECTRUM: SpectrumLayout = { width: 1040, height: 226, left: 58, right: 66, id: 'wide' };
export const NARROW_SPECTRUM: SpectrumLayout = { width: 344, height: 200, left: 48, right: 62, id: 'narrow' };

const TOP = 20;
const AXIS = 24;
/** Where two labels would touch, the one that comes first here stands. */
const TICKS = [50, 90, 99, 99.9, 99.99, 95, 0];
const LABEL_WIDTH = 34;

/** Latency against percentile as an SVG element, a curve for each phase. */
export function drawSpectrum(view: SpectrumView, layout: SpectrumLayout, description: string): string {
  const bottom = TOP + layout.height;
  const right = layout.width - layout.right;
  const x = (nines: number): number =>
    layout.left + (Math.min(nines, view.nines) / view.nines) * (right - layout.left);
  const scale = latencyScale(
    view.curves.flatMap((curve) => curve.points.map((point) => point.ms)),
    view.limits.map((limit) => limit.limitMs),
    bottom,
    TOP,
  );
  const id = `spectrum-${layout.id}`;
  return [
    `<svg class="timeline spectrum ${layout.id}" viewBox="0 0 ${layout.width} ${bottom + AXIS}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc">`,
    `<title id="${id}-title">Latency at every percentile, phase by phase</title>`,
    `<desc id="${id}-desc">${escapeXml(description)}</desc>`,
    drawGrid(scale, layout.left, right),
    drawTicks(view.nines, x, bottom),
    drawLimits(view.limits, x, scale),
    ...view.curves.map(
      (curve) =>
        `<path class="curve ${curve.phase}" d="M${curve.points.map((point) => `${px(x(point.nines))} ${px(scale.at(point.ms))}`).join('L')}"/>`,
    ),
    drawNames(view.curves, scale, right),
    '</svg>',
  ].join('');
}

function drawGrid(scale: Scale, left: number, right: number): string {
  const name = scale.kind === 'log' ? 'latency, log scale' : 'latency';
  return [
    ...scale.ticks.map((tick) => {
      const y = px(scale.at(tick));
      return (
        `<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/>` +
        `<text class="tick" x="${left - 7}" y="${y}" dy="0.32em" text-anchor="end">${tick === 0 ? '0' : escapeXml(formatDuration(tick))}</text>`
      );
    }),
    `<text class="axis-name" x="${left + 6}" y="${TOP - 6}">${name}</text>`,
  ].join('');
}

function drawTicks(nines: number, x: (nines: number) => number, bottom: number): string {
  const shown: number[] = [];
  for (const percent of TICKS) {
    const at = x(toNines(percent));
    const isFree = shown.every((other) => Math.abs(x(toNines(other)) - at) >= LABEL_WIDTH);
    if (toNines(percent) <= nines && isFree) shown.push(percent);
  }
  return shown
    .map((percent) => {
      const at = px(x(toNines(percent)));
      return (
        `<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}"/>` +
        `<text class="tick" x="${at}" y="${bottom + 17}" text-anchor="middle">p${percent}</text>`
      );
    })
    .join('');
}

/** Each with its text beside it, and the texts of one percentile below one another. */
function drawLimits(limits: readonly SpectrumLimit[], x: (nines: number) => number, scale: Scale): string {
  const shown = limits.filter((limit) => limit.limitMs <= (scale.ticks.at(-1) ?? 0));
  return [...new Set(shown.map((limit) => limit.nines))]
    .flatMap((nines) => {
      const here = shown.filter((limit) => limit.nines === nines);
      const heights = here.map((limit) => scale.at(limit.limitMs));
      const places = spreadLabels(heights, 13);
      return here.map(
        ({ text }, index) =>
          `<path class="spectrum-limit" d="M${px(x(nines) - 13)} ${px(heights[index] ?? 0)}h26"><title>${escapeXml(text)}</title></path>` +
          `<text class="limit-name" x="${px(x(nines) + 18)}" y="${px(places[index] ?? 0)}" dy="0.32em">${escapeXml(text)}</text>`,
      );
    })
    .join('');
}

function drawNames(curves: readonly SpectrumCurve[], scale: Scale, right: number): string {
  const ends = curves.map((curve) => scale.at(curve.points.at(-1)?.ms ?? 0));
  const places = spreadLabels(ends, 13);
  return curves
    .map(
      ({ phase }, index) =>
        `<text class="line-name ${phase}" x="${right + 7}" y="${px(places[index] ?? 0)}" dy="0.32em">${phase}</text>`,
    )
    .join('');
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
