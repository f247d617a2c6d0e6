import type { LoadReads } from '../load-reads.js';
import type { RowSource } from '../process/serve-rows.js';
import { createSampleCollector } from './collect-samples.js';
import { createRowScanner } from './scan-rows.js';

/** Samples from k6's JSON output. */
export function createK6Rows(reads: LoadReads): RowSource {
  const collector = createSampleCollector(reads);
  const scanner = createRowScanner(
    (row) => {
      collector.take(row);
    },
    new Set(reads.metrics.map(({ name }) => name)),
  );
  return {
    push: (bytes) => {
      scanner.push(bytes);
    },
    end: () => undefined, // k6 ends its last row too
    collect: () => collector.collect(),
    open: () => collector.open(),
    unreadable: () => ({ count: scanner.unreadable }),
    refused: () => undefined,
  };
}
