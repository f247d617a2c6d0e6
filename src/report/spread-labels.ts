/** Places for labels at these heights, in the same order, each at least `gap` from the next: the lowest keeps its place. */
export function spreadLabels(heights: readonly number[], gap: number): readonly number[] {
  const places = [...heights];
  const lowestFirst = heights.map((_, index) => index).sort((a, b) => (heights[b] ?? 0) - (heights[a] ?? 0));
  let below = Number.POSITIVE_INFINITY;
  for (const index of lowestFirst) {
    below = Math.min(heights[index] ?? 0, below - gap);
    places[index] = below;
  }
  return places;
}
