const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Values as blocks from 0 to the largest, at most `width` of them; each stands for the largest of its share. A gap is a space. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const size = Math.max(1, values.length / width);
  const count = Math.min(values.length, width);
  const peaks = Array.from({ length: count }, (_, index) => {
    const share = values.slice(Math.floor(index * size), Math.max(Math.floor((index + 1) * size), 1));
    const known = share.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
  const top = Math.max(0, ...peaks.filter((peak) => peak !== null));
  return peaks
    .map((peak) => {
      if (peak === null) return ' ';
      return BLOCKS[top === 0 ? 0 : Math.min(Math.round((peak / top) * 7), 7)] ?? ' ';
    })
    .join('');
}
