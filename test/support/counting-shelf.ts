import type { Shelf } from '../../src/bench/shelf.js';

/** A shelf whose places hold no text, so that what comes back comes from the shelf. */
export function createCountingShelf(): { readonly shelf: Shelf; readonly texts: readonly string[] } {
  const texts: string[] = [];
  return {
    shelf: {
      put: (text) => ({ text: undefined, atByte: texts.push(text) - 1, bytes: text.length }),
      take: ({ atByte }) => texts[atByte] ?? '',
    },
    texts,
  };
}
