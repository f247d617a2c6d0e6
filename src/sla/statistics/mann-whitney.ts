import { normalTail } from './normal-distribution.js';

/** Up to so many values on each side, and without ties, the distribution of U is counted out. */
const MOST_COUNTED = 50;

/**
 * The probability, under the assumption that both sides are drawn from the same distribution, that they differ in order
 * at least as much as they do, in either direction: the two-sided p of the U test. Source: Mann and Whitney, Annals of
 * Mathematical Statistics 18 (1947), with their recurrence for the exact distribution. With ties or many values it is the
 * normal approximation, with the variance corrected for ties (Lehmann, Nonparametrics (1975), section 1.4) and for
 * continuity. benchstat takes the same test (golang.org/x/perf/benchmath). It assumes that the values of a side are
 * independent of each other, which those of neighbouring seconds are not quite.
 *
 * Undefined where a side has no value.
 */
export function mannWhitneyP(first: readonly number[], second: readonly number[]): number | undefined {
  const [m, n] = [first.length, second.length];
  if (m === 0 || n === 0) return undefined;
  const u = first.reduce((sum, a) => sum + winsOf(a, second), 0);
  const far = Math.max(u, m * n - u);
  const ties = tieSizes([...first, ...second]);
  if (ties.length === m + n && Math.max(m, n) <= MOST_COUNTED) {
    const counts = countArrangements(m, n);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const beyond = counts.slice(Math.ceil(far)).reduce((sum, count) => sum + count, 0);
    return Math.min(1, (2 * beyond) / total);
  }
  const all = m + n;
  const tied = ties.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = ((m * n) / 12) * (all + 1 - tied / (all * (all - 1)));
  if (!(variance > 0)) return 1;
  const z = Math.max(0, far - (m * n) / 2 - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

/** How many of the others the value is above; a tie is half a win. */
function winsOf(value: number, others: readonly number[]): number {
  return others.reduce((sum, other) => sum + (value > other ? 1 : value === other ? 0.5 : 0), 0);
}

/** How often each different value is there. */
function tieSizes(values: readonly number[]): readonly number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()];
}

/**
 * By U, in how many orders of m and n values it comes out: N(m, n, u) = N(m - 1, n, u - n) + N(m, n - 1, u), by which
 * side has the highest value.
 */
function countArrangements(m: number, n: number): readonly number[] {
  let rows: number[][] = Array.from({ length: m + 1 }, () => [1]);
  for (let columns = 1; columns <= n; columns++) {
    const next: number[][] = [[1]];
    for (let row = 1; row <= m; row++) {
      const [without, before] = [next[row - 1] ?? [], rows[row] ?? []];
      next.push(
        Array.from({ length: row * columns + 1 }, (_, u) => (without[u - columns] ?? 0) + (before[u] ?? 0)),
      );
    }
    rows = next;
  }
  return rows[m] ?? [1];
}
