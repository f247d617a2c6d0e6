import type { Result } from '../experiments/result-schema.js';
import { viewTimeline } from './view-timeline.js';

const WIDTH = 120;
const HEIGHT = 28;

/** The p95 over the run in miniature, with the fault window shaded; empty where nothing was measured. */
export function drawSpark(result: Result): string {
  const timeline = viewTimeline(result);
  if (timeline === undefined) return '';
  const values = timeline.points.map((point) => point.p95Ms).filter((value) => value !== null);
  if (values.length === 0) return '';
  const top = Math.max(...values) || 1;
  const x = (ms: number): string => ((ms / timeline.spanMs) * WIDTH).toFixed(1);
  const y = (value: number): string => (HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1);
  const shade = timeline.phases
    .filter(({ phase }) => phase === 'fault')
    .map(
      ({ fromMs, toMs }) =>
        `<rect class="phase fault" x="${x(fromMs)}" y="0" width="${x(toMs - fromMs)}" height="${HEIGHT}"/>`,
    );
  let pen = 'M';
  const path = timeline.points
    .map((point) => {
      if (point.p95Ms === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x((point.fromMs + point.toMs) / 2)} ${y(point.p95Ms)}`;
      pen = 'L';
      return step;
    })
    .join('');
  return `<svg class="spark timeline" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${shade.join('')}<path class="line p95" d="${path}"/></svg>`;
}
