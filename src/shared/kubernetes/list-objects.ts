import type { KubeClient, KubeObject } from './kube-client.js';

/** Larger ones are hardly faster, and leave more garbage at once: the memory of a list is that of some pages. */
const PAGE = 200;

export interface ObjectQuery {
  readonly path: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly metadataOnly?: boolean;
}

export interface ObjectList<T> {
  readonly items: readonly T[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

/** Every object, page by page, each cut down by `pick` as it comes: memory holds one page of whole objects. */
export async function listObjects<T>(
  client: KubeClient,
  { path, labelSelector, fieldSelector, metadataOnly = false }: ObjectQuery,
  pick: (object: KubeObject) => T,
  signal: AbortSignal,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { labelSelector, fieldSelector, limit: PAGE, continue: next };
    const { body } = await client.send(
      { method: 'GET', path, query, ...(metadataOnly ? { metadataOnly: 'of-a-list' } : {}) },
      signal,
    );
    const page = body as {
      items?: KubeObject[] | null;
      metadata: { resourceVersion: string; continue?: string };
    };
    for (const item of page.items ?? []) items.push(pick(item));
    next = page.metadata.continue;
    if (next === undefined || next === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
}
