const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Ink = keyof typeof CODES;

/** Marks text for a terminal, or leaves it as it is. */
export type Paint = (ink: Ink, text: string) => string;

export function painter(options: { readonly colour: boolean }): Paint {
  return (ink, text) => (options.colour && text !== '' ? `\u001b[${CODES[ink]}m${text}\u001b[0m` : text);
}

/** How many columns the text takes, without its marks. Wide characters do not occur in what Plimsoll writes. */
export function visibleLength(text: string): number {
  return Array.from(plain(text)).length;
}

/** The text cut to the width, with an ellipsis where something is missing; marks are kept and closed. */
export function cutTo(text: string, width: number): string {
  if (visibleLength(text) <= width) return text;
  let room = Math.max(width - 1, 0);
  let cut = '';
  for (const part of text.split(MARK)) {
    if (part.startsWith('\u001b[')) {
      cut += part;
      continue;
    }
    const letters = Array.from(part).slice(0, room);
    room -= letters.length;
    cut += letters.join('');
  }
  return `${cut}…`;
}

// eslint-disable-next-line no-control-regex -- the escape is what begins a mark
const MARK = /(\u001b\[[0-9;]*m)/;

function plain(text: string): string {
  return text
    .split(MARK)
    .filter((part) => !part.startsWith('\u001b['))
    .join('');
}
