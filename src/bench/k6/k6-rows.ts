import type { LoadReads } from '../load-reads.js';
import type { RowSource } from '../process/serve-rows.js';
import { createSampleCollector } from './collect-samples.js';
import { createCsvScanner } from './scan-csv-rows.js';
import type { RowScanner } from './row-taker.js';
import { createRowScanner } from './scan-rows.js';

const BRACE = 0x7b;

/** Samples from k6's output, in JSON or CSV: the first byte tells which it is. */
export function createK6Rows(reads: LoadReads): RowSource {
  const collector = createSampleCollector(reads);
  const wanted = new Set(reads.metrics.map(({ name }) => name));
  let scanner: RowScanner | undefined;
  return {
    push: (bytes) => {
      if (bytes.length === 0) return;
      scanner ??=
        bytes[0] === BRACE ? createRowScanner(collector, wanted) : createCsvScanner(collector, wanted);
      scanner.push(bytes);
    },
    end: () => undefined, // k6 ends its last row too
    collect: () => collector.collect(),
    open: () => collector.open(),
    unreadable: () => ({ count: scanner?.unreadable ?? 0 }),
    refused: () => undefined,
  };
}
