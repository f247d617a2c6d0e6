import type { SampleColumns } from './sample-columns.js';

/** What the thread that writes samples is started with. */
export interface SamplesTask {
  readonly path: string;
  readonly runId: string;
}

/** To the thread. */
export type SamplesMessage =
  | { readonly kind: 'endpoint'; readonly name: string }
  | { readonly kind: 'rows'; readonly columns: SampleColumns }
  | { readonly kind: 'close' };

/** From the thread. */
export type SamplesWritten =
  | { readonly kind: 'written' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly reason: string };
