/**
 * Whether a benchmark is chosen by Go's -bench, as far as its own name goes: what stands before the first slash. Where the
 * expression is one that only Go can read, the answer is yes, and the run will tell.
 */
export function isChosen(bench: string, name: string): boolean {
  const top = bench
    .split('|')
    .map((part) => part.split('/', 1)[0])
    .join('|');
  try {
    return new RegExp(top).test(name);
  } catch {
    return true; // what only Go can read
  }
}
