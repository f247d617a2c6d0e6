/**
 * The number without what binary fractions add in its last digits, so that 7 of 1,000 is not over 0.7 %, and 0.35 s is
 * 350 ms. Twelve digits are more than any reading has.
 */
export function exact(value: number): number {
  return Number(value.toPrecision(12));
}
