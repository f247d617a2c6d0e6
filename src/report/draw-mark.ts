import type { Outcome } from '../shared/outcome.js';

/**
 * The Plimsoll mark as a gauge: a ring with the load line through its middle. The water stands as high as the
 * tightest objective has used up its limit: at the line it is all used, above the line it is a breach.
 */
export function drawMark(outcome: Outcome, usage: number | undefined): string {
  return [
    `<svg class="plimsoll-mark ${outcome}" viewBox="0 0 120 120" aria-hidden="true">`,
    '<clipPath id="mark-hull"><circle cx="60" cy="60" r="43"/></clipPath>',
    usage === undefined
      ? ''
      : `<path class="mark-water" clip-path="url(#mark-hull)" d="M10 ${waterline(usage).toFixed(1)}q12.5 -4 25 0t25 0t25 0t25 0V112H10Z"/>`,
    '<circle class="mark-ring" cx="60" cy="60" r="43"/>',
    '<path class="mark-line" d="M2 60H118"/>',
    '</svg>',
  ].join('');
}

/** From the bottom of the ring (nothing used) to its top (twice the limit), never so near the line that the side is in doubt. */
function waterline(usage: number): number {
  if (usage === 1) return 60;
  const shown = usage < 1 ? Math.min(usage, 0.86) : Math.min(Math.max(usage, 1.16), 1.9);
  return 102 - 42 * shown;
}
