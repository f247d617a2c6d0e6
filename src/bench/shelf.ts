/** Keeps texts that are seldom asked for. */
export interface Shelf {
  /** Never throws and never waits. */
  put(text: string): Place;
  /** @throws {PlimsollError} NOT_READY where the text is not in memory, and cannot be read again. */
  take(place: Place): string;
}

/** Where a text is on its shelf; only the shelf looks inside. There are several for each second of a run: they are small. */
export interface Place {
  /** Undefined where it is in a file. */
  text: string | undefined;
  atByte: number;
  bytes: number;
}

export const MEMORY_SHELF: Shelf = {
  put: (text) => ({ text, atByte: 0, bytes: 0 }),
  take: ({ text = '' }) => text,
};
