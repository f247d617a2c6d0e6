/** Text for a terminal or a log: control characters, which could move the cursor or change colours, become spaces. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}
