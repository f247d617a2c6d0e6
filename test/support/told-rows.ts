import type { DeclaredMetric, Point, RowScanner, RowTaker } from '../../src/bench/k6/row-taker.js';

type At = Pick<Point, 'atMs'>;
type Call = Pick<Point, 'atMs' | 'vu' | 'call'>;

/** What a scanner tells, written down. */
export type ToldRow =
  | ({ readonly kind: 'request'; readonly totalMs: number } & Point)
  | ({ readonly kind: 'sent' } & Point)
  | ({ readonly kind: 'over' } & Call)
  | ({ readonly kind: 'iteration' } & Pick<Point, 'atMs' | 'vu'>)
  | ({ readonly kind: 'dropped' } & Pick<Point, 'atMs' | 'value'>)
  | ({ readonly kind: 'ready' } & At)
  | ({ readonly kind: 'tick' } & At)
  | ({ readonly kind: 'metric'; readonly name: string } & Pick<Point, 'atMs' | 'value' | 'tags'>)
  | ({ readonly kind: 'declared' } & DeclaredMetric);

/** Keeps what it takes. */
export function recordRows(): { readonly taker: RowTaker; readonly rows: ToldRow[] } {
  const rows: ToldRow[] = [];
  const taker: RowTaker = {
    request: (point, totalMs) => rows.push({ kind: 'request', totalMs, ...point }),
    sent: (point) => rows.push({ kind: 'sent', ...point }),
    over: ({ atMs, vu, call }) => rows.push({ kind: 'over', atMs, vu, call }),
    iteration: ({ atMs, vu }) => rows.push({ kind: 'iteration', atMs, vu }),
    dropped: ({ atMs, value }) => rows.push({ kind: 'dropped', atMs, value }),
    ready: ({ atMs }) => rows.push({ kind: 'ready', atMs }),
    tick: ({ atMs }) => rows.push({ kind: 'tick', atMs }),
    metric: (name, { atMs, value, tags }) => rows.push({ kind: 'metric', name, atMs, value, tags }),
    declared: (metric) => rows.push({ kind: 'declared', ...metric }),
  };
  return { taker, rows };
}

/** What a scanner tells of bytes that come in chunks, and how many rows it could not read. */
export function scanChunks(
  chunks: readonly Uint8Array[],
  createScanner: (taker: RowTaker) => RowScanner,
): { readonly rows: readonly ToldRow[]; readonly unreadable: number } {
  const { taker, rows } = recordRows();
  const scanner = createScanner(taker);
  for (const chunk of chunks) {
    const own = Uint8Array.from(chunk);
    scanner.push(own);
    own.fill(0); // a reader uses its buffer again
  }
  return { rows, unreadable: scanner.unreadable };
}
