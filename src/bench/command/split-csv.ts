/** A quoted field that goes on for longer has lost its closing quote. */
const MOST_LINES = 1000;

export interface CsvSplitter {
  /** Takes the next line. Returns the fields of a row that ends with it; a quoted field can go over several lines. */
  take(line: string): readonly string[] | 'goes-on' | 'unreadable';
  /** Whether a row has begun that nothing has ended. */
  isOpen(): boolean;
}

/** Rows of CSV as RFC 4180 has them: fields with delimiters, line breaks and doubled quotes stand in quotes. */
export function createCsvSplitter(delimiter: string): CsvSplitter {
  let begun: string[] = [];
  return {
    take(line) {
      begun.push(line);
      const fields = split(begun.length === 1 ? line : begun.join('\n'), delimiter);
      if (fields === 'goes-on' && begun.length < MOST_LINES) return 'goes-on';
      begun = [];
      return fields === 'goes-on' ? 'unreadable' : fields;
    },
    isOpen: () => begun.length > 0,
  };
}

function split(text: string, delimiter: string): readonly string[] | 'goes-on' | 'unreadable' {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end === -1 ? undefined : end));
      if (end === -1) return fields;
      at = end + 1;
      continue;
    }
    const close = closingQuote(text, at + 1);
    if (close === -1) return 'goes-on';
    fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
    if (close + 1 === text.length) return fields;
    if (text[close + 1] !== delimiter) return 'unreadable';
    at = close + 2;
  }
}

/** The quote that ends a field: the first one that is not doubled. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
