import type { IndicatorUnit } from '../sla/objective.js';
import { formatReading } from './format-reading.js';

/** `212 to 217`, and nothing where its ends look the same; with units where they differ or are part of the number: `980 ms to 1.02 s`. */
export function formatInterval(low: number, high: number, unit: IndicatorUnit): string {
  const [from, to] = [formatReading(low, unit), formatReading(high, unit)];
  if (from === to) return '';
  const [fromUnit, toUnit] = [unitOf(from), unitOf(to)];
  return fromUnit === '' || fromUnit !== toUnit
    ? `${from} to ${to}`
    : `${from.slice(0, -fromUnit.length)} to ${to.slice(0, -toUnit.length)}`;
}

/** ` ms` of `214 ms`; empty where the text is more than a number and its unit. */
function unitOf(text: string): string {
  return /^[\d.,]+( [a-z%]+|\/s)$/.exec(text)?.[1] ?? '';
}
