import { cutTo } from './paint.js';
import type { Output } from './terminal.js';

/** The last lines of a terminal, drawn over again and again; everything else is written above them. */
export interface LiveRegion {
  /** Replaces the lines of the region. Lines that are too wide are cut, since a folded one could not be taken back. */
  readonly draw: (lines: readonly string[]) => void;
  /** Text that stays, above the region. It ends with a line end. */
  readonly print: (text: string) => void;
}

/** On an output that is not live, nothing is ever drawn, and print() just prints. */
export function createLiveRegion(output: Output): LiveRegion {
  if (!output.live) {
    return {
      draw: () => undefined,
      print: output.write,
    };
  }
  let shown: readonly string[] = [];
  const erase = () => (shown.length === 0 ? '' : `\u001b[${shown.length}A\r\u001b[0J`);
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return {
    draw: (lines) => {
      const before = erase();
      shown = lines.map((line) => cutTo(line, output.width() - 1));
      output.write(before + text(shown));
    },
    print: (printed) => {
      output.write(erase() + printed + text(shown));
    },
  };
}
