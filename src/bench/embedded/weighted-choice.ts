/**
 * Draws indices in proportion to their weights, evenly spread and the same in every run: the smooth weighted round
 * robin of nginx. With weights 5, 1, 1 it draws 0 0 1 0 2 0 0.
 */
export function createWeightedChoice(weights: readonly number[]): () => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credit = weights.map(() => 0);
  return () => {
    let best = 0;
    let bestCredit = Number.NEGATIVE_INFINITY;
    weights.forEach((weight, index) => {
      const grown = (credit[index] ?? 0) + weight;
      credit[index] = grown;
      if (grown > bestCredit) {
        best = index;
        bestCredit = grown;
      }
    });
    credit[best] = bestCredit - total;
    return best;
  };
}
