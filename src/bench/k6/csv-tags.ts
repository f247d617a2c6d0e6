import type { PointBuffer } from './create-point.js';
import { CALL_KEY } from './instrument-requests.js';
import { readTags } from './read-tags.js';
import { COMMA, NEWLINE, NINE, QUOTE, standsAt, ZERO } from './row-bytes.js';
import type { RowTags } from './row-taker.js';

const VU = Buffer.from('vu=');
// k6 puts metadata in any order, and escapes nothing.
const VU_OF = /(?:^|&)vu=(\d+)(?:&|$)/;
const CALL_OF = new RegExp(`(?:^|&)${CALL_KEY}=(\\d+)(?:&|$)`);
/** The columns behind those of tags: tags of the script, and metadata. */
const OTHER_COLUMNS = 2;
const KNOWN_TAGS = 4_000;

/** What stands behind the value of a row. */
export interface CsvTags {
  /** The names of the columns, those of tags first. */
  columns: readonly string[];
  /** Reads from the comma behind the value, and returns where the row ends; -1 where that takes more care. */
  read(text: Buffer, start: number, last: LastTags): number;
  /** The same of fields. */
  take(fields: readonly string[]): void;
}

/** The tags that rows of a metric had last: mostly the next has the same. */
export interface LastTags {
  lastTags: KnownTags | undefined;
}

interface KnownTags {
  /** From the comma behind the value to the one before the metadata. */
  readonly bytes: Buffer;
  readonly tags: RowTags;
}

/** Reads the columns of tags into a point, once for each of their values, which are found again by their bytes. */
export function createCsvTags(into: PointBuffer): CsvTags {
  const known = new Map<number, KnownTags>();
  let columns: readonly string[] = [];

  function tagsOf(fields: readonly string[]): RowTags {
    const all: Record<string, string> = {};
    for (let index = 0; index < columns.length - OTHER_COLUMNS; index++) {
      // k6 writes nothing for a tag that is not there.
      const [name = '', value = ''] = [columns[index], fields[index]];
      if (value !== '') all[name] = value;
    }
    return readTags(all);
  }

  /** Finds the tags that stand there; undefined where they have quotes or are cut. */
  function tagsAt(text: Buffer, start: number): KnownTags | undefined {
    let hash = 0;
    let commas = 0;
    let at = start;
    for (; commas < columns.length; at++) {
      const byte = text[at];
      if (byte === undefined || byte === NEWLINE || byte === QUOTE) return undefined;
      if (byte === COMMA) commas += 1;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const found = known.get(hash);
    if (found?.bytes.length === at - start && standsAt(text, start, found.bytes)) return found;
    const bytes = Buffer.from(text.subarray(start, at));
    const tags = { bytes, tags: tagsOf(bytes.toString('utf8', 1).split(',')) };
    // Somebody may put a number into a name: forgetting all is cheaper than keeping order.
    if (known.size >= KNOWN_TAGS) known.clear();
    known.set(hash, tags);
    return tags;
  }

  /** Reads up to the end of the row; -1 where that takes more care. */
  function readMetadata(text: Buffer, start: number): number {
    let at = start + VU.length;
    let vu = 0;
    for (let byte = text[at] ?? 0; byte >= ZERO && byte <= NINE; byte = text[++at] ?? 0) {
      vu = vu * 10 + (byte - ZERO);
    }
    if (text[at] === NEWLINE && standsAt(text, start, VU)) {
      into.vu = vu;
      into.call = 0;
      return at;
    }
    for (at = start; text[at] !== NEWLINE; at++) {
      if (at >= text.length || text[at] === QUOTE || text[at] === COMMA) return -1;
    }
    takeMetadata(text.toString('latin1', start, at));
    return at;
  }

  function takeMetadata(metadata: string): void {
    into.vu = Number(VU_OF.exec(metadata)?.[1] ?? 0);
    into.call = Number(CALL_OF.exec(metadata)?.[1] ?? 0);
  }

  return {
    get columns() {
      return columns;
    },
    set columns(names) {
      columns = names;
      known.clear();
    },
    read(text, start, last) {
      let tags = last.lastTags;
      if (tags === undefined || !standsAt(text, start, tags.bytes)) {
        tags = tagsAt(text, start);
        if (tags === undefined) return -1;
        last.lastTags = tags;
      }
      into.tags = tags.tags;
      return readMetadata(text, start + tags.bytes.length);
    },
    take(fields) {
      into.tags = tagsOf(fields);
      takeMetadata(fields.at(-1) ?? '');
    },
  };
}
