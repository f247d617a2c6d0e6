import { CALL_KEY } from './instrument-requests.js';
import type { Point } from './read-point.js';
import { COMMA, NEWLINE, NINE, QUOTE, standsAt, ZERO } from './row-bytes.js';
import type { RowTags } from './scan-rows.js';
import { readTags } from './tell-points.js';

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
  /** Of the row that was read last. */
  readonly last: Pick<Point, 'tags' | 'vu' | 'call'>;
  /** Reads from the comma behind the value, and returns where the row ends; -1 where that takes more care. */
  read(text: Buffer, start: number): number;
  /** The same of fields. */
  take(fields: readonly string[]): void;
}

interface KnownTags {
  readonly bytes: Buffer;
  readonly tags: RowTags;
}

/** Reads the columns of tags once for each of their values, which are found again by their bytes. */
export function createCsvTags(): CsvTags {
  const known = new Map<number, KnownTags>();
  const last: { tags: RowTags; vu: number; call: number } = { tags: readTags({}), vu: 0, call: 0 };
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

  function knownTags(text: Buffer, start: number, end: number, hash: number): RowTags {
    const found = known.get(hash);
    if (found?.bytes.length === end - start && standsAt(text, start, found.bytes)) return found.tags;
    const bytes = Buffer.from(text.subarray(start, end));
    const tags = tagsOf(bytes.toString('utf8', 1).split(',')); // no quotes: read() leaves those to take()
    // Somebody may put a number into a name: forgetting all is cheaper than keeping order.
    if (known.size >= KNOWN_TAGS) known.clear();
    known.set(hash, { bytes, tags });
    return tags;
  }

  function readMetadata(text: Buffer, start: number, end: number): void {
    last.vu = 0;
    last.call = 0;
    if (start === end) return;
    let at = start + VU.length;
    let vu = 0;
    for (let byte = text[at] ?? 0; byte >= ZERO && byte <= NINE; byte = text[++at] ?? 0) {
      vu = vu * 10 + (byte - ZERO);
    }
    if (at === end && standsAt(text, start, VU)) last.vu = vu;
    else takeMetadata(text.toString('latin1', start, end));
  }

  function takeMetadata(metadata: string): void {
    last.vu = Number(VU_OF.exec(metadata)?.[1] ?? 0);
    last.call = Number(CALL_OF.exec(metadata)?.[1] ?? 0);
  }

  return {
    get columns() {
      return columns;
    },
    set columns(names) {
      columns = names;
      known.clear();
    },
    last,
    read(text, start) {
      let hash = 0;
      let commas = 0;
      let tagsEnd = -1;
      let tagsHash = 0;
      let metadataAt = -1;
      let at = start;
      for (let byte = text[at]; byte !== NEWLINE; byte = text[++at]) {
        if (byte === undefined || byte === QUOTE) return -1;
        if (byte === COMMA) {
          commas += 1;
          if (commas === columns.length - 1) {
            tagsEnd = at;
            tagsHash = hash;
          } else if (commas === columns.length) {
            metadataAt = at + 1;
          }
        }
        hash = (Math.imul(hash, 31) + byte) | 0;
      }
      if (commas !== columns.length) return -1;
      last.tags = knownTags(text, start, tagsEnd, tagsHash);
      readMetadata(text, metadataAt, at);
      return at;
    },
    take(fields) {
      last.tags = tagsOf(fields);
      takeMetadata(fields.at(-1) ?? '');
    },
  };
}
