/**
 * The candidate that a mistyped word most likely stood for; undefined where none is near enough to be worth a
 * question. Near is about one slip in three letters, counted as the optimal string alignment distance (insert,
 * delete, replace, swap of neighbours), without regard to case.
 */
export function nearestName(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let nearest: string | undefined;
  let nearestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = alignmentDistance(wanted, candidate.toLowerCase());
    // A word of which nothing is right is no slip, however short it is.
    if (distance < nearestDistance && distance < candidate.length) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** ` did you mean "latency"?` with its separator, or nothing: to be put behind a message. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestName(word, candidates);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

function alignmentDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          cell(last, column) + 1,
          cell(current, column - 1) + 1,
          cell(last, column - 1) + (same ? 0 : 1),
          swapped ? cell(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
