/** Maps a value to a position, and says where its axis should be labelled. */
export interface Scale {
  readonly kind: 'linear' | 'log';
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** From 0 to at least `max`, drawn between two positions. */
export function linearScale(max: number, from: number, to: number, wantedTicks: number): Scale {
  const step = roundStep((max > 0 ? max : 1) / wantedTicks);
  const top = Math.ceil((max > 0 ? max : 1) / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { kind: 'linear', ticks, at: (value) => from + (clamp(value, 0, top) / top) * (to - from) };
}

/** From at most `min` to at least `max`, both above 0, in powers of ten with 2 and 5 between where there is room. */
export function logScale(min: number, max: number, from: number, to: number): Scale {
  const ladder = decades(min, max);
  const bottom = ladder.findLast((value) => value <= min) ?? min;
  const top = ladder.find((value) => value >= max) ?? max;
  const inside = ladder.filter((value) => value >= bottom && value <= top);
  const ticks = inside.length > 7 ? inside.filter((value) => Number.isInteger(Math.log10(value))) : inside;
  const low = Math.log10(bottom);
  const span = Math.log10(top) - low || 1;
  return {
    kind: 'log',
    ticks,
    at: (value) => from + ((Math.log10(clamp(value, bottom, top)) - low) / span) * (to - from),
  };
}

/** From this ratio between the slowest and the fastest on, a linear axis would hide one of them. */
const LOG_FROM_RATIO = 40;

/** An axis for latencies in ms. A limit near them belongs into the picture; one far above would only flatten it. */
export function latencyScale(
  valuesMs: readonly number[],
  limitsMs: readonly number[],
  from: number,
  to: number,
): Scale {
  const highest = Math.max(1, ...valuesMs);
  const positive = valuesMs.filter((value) => value > 0);
  const lowest = positive.length === 0 ? 1 : Math.min(...positive);
  const max = Math.max(highest, ...limitsMs.filter((limit) => limit <= highest * 1.8));
  return highest / lowest >= LOG_FROM_RATIO
    ? logScale(lowest, max, from, to)
    : linearScale(max * 1.02, from, to, 5);
}

/** Times for an axis of this length: whole seconds, minutes or hours, as people count them. */
export function timeTicks(spanMs: number, wanted: number): readonly number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
  const stepMs = 1000 * (steps.find((seconds) => seconds * 1000 * wanted >= spanMs) ?? 86_400);
  return Array.from({ length: Math.floor(spanMs / stepMs) + 1 }, (_, index) => index * stepMs);
}

function decades(min: number, max: number): readonly number[] {
  const ladder: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++)
    // Number(`2e-1`) is 0.2 exactly as written; 2 * 10 ** -1 need not be.
    for (const lead of [1, 2, 5]) ladder.push(Number(`${lead}e${power}`));
  return ladder;
}

function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = step / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10) * power;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
