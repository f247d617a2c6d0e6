import type { Output } from './terminal.js';

/** A value as a document of its own. */
export function printJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}
