import { COMMA, NEWLINE, QUOTE } from './row-bytes.js';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Where the next record begins. */
  readonly end: number;
}

/** Reads one record (RFC 4180, lines end with a newline); undefined where it does not end within the text. */
export function parseCsvRecord(text: Buffer, start: number): CsvRecord | undefined {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    let from = at;
    let field: string;
    if (text[at] === QUOTE) {
      from = ++at;
      // A quote within quotes is written twice.
      for (; text[at] !== QUOTE || text[at + 1] === QUOTE; at++) {
        if (at >= text.length) return undefined;
        if (text[at] === QUOTE) at++;
      }
      field = text.toString('utf8', from, at++).replaceAll('""', '"');
    } else {
      while (text[at] !== COMMA && text[at] !== NEWLINE) if (++at >= text.length) return undefined;
      field = text.toString('utf8', from, at);
    }
    fields.push(field);
    if (at >= text.length) return undefined;
    if (text[at] === NEWLINE) return { fields, end: at + 1 };
    at++;
  }
}
