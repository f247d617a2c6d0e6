import type { LoadReads } from '../load-reads.js';
import type { RefusedRows } from '../process/row-messages.js';
import type { RowSource } from '../process/serve-rows.js';
import { createSampleCollector } from './collect-samples.js';
import { createRecordScanner, RECORDS_MAGIC, UnknownRecords } from './scan-records.js';
import { createCsvScanner } from './scan-csv-rows.js';
import type { RowScanner } from './row-taker.js';
import { createRowScanner } from './scan-rows.js';

const BRACE = 0x7b;
const OTHER_VERSION: RefusedRows = {
  reason: 'the extension in this k6 writes records of another version than this Plimsoll reads',
  remedy: 'build k6 again from the folder k6-extension of this Plimsoll, or use one without it',
};

/** Samples from k6's output, in JSON, CSV or the records of our extension: the first byte tells which it is. */
export function createK6Rows(reads: LoadReads): RowSource {
  const collector = createSampleCollector(reads);
  const wanted = new Set(reads.metrics.map(({ name }) => name));
  const createScanner = (firstByte: number | undefined): RowScanner => {
    if (firstByte === RECORDS_MAGIC[0]) return createRecordScanner(collector);
    return firstByte === BRACE ? createRowScanner(collector, wanted) : createCsvScanner(collector, wanted);
  };
  let scanner: RowScanner | undefined;
  let refused: RefusedRows | undefined;
  return {
    push: (bytes) => {
      if (bytes.length === 0) return;
      scanner ??= createScanner(bytes[0]);
      try {
        scanner.push(bytes);
      } catch (thrown) {
        if (!(thrown instanceof UnknownRecords)) throw thrown;
        refused = OTHER_VERSION;
      }
    },
    end: () => undefined, // k6 ends its last row too
    collect: () => collector.collect(),
    open: () => collector.open(),
    unreadable: () => ({ count: scanner?.unreadable ?? 0 }),
    refused: () => refused,
  };
}
