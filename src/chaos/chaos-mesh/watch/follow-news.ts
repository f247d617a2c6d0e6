import type { KubeClient, KubeObject } from '../../../shared/kubernetes/kube-client.js';
import { isForbidden, KubeError } from '../../../shared/kubernetes/kube-error.js';
import { watchObjects, type WatchOptions } from '../../../shared/kubernetes/watch-objects.js';

export interface NewsOptions<T> extends Omit<WatchOptions<T>, 'from'> {
  readonly onRefused: (message: string) => void;
  /** Must not throw. */
  readonly onNews: (object: T) => void;
}

/**
 * Follows objects that come or change from now on, where this identity may, until the signal aborts. Throws nothing but
 * bugs.
 */
export async function followNews<T>(options: NewsOptions<T>, signal: AbortSignal): Promise<void> {
  const { client, logger, path, onNews, onRefused } = options;
  let from: string | undefined;
  try {
    from = await newestVersion(client, path, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof KubeError)) throw error;
    if (isForbidden(error)) {
      onRefused(error.message);
      return;
    }
    logger.debug(`${path}: ${error.message}`); // the watch tries again by itself
  }
  for await (const change of watchObjects({ ...options, from }, signal)) {
    if (change.type === 'changed') onNews(change.object);
  }
}

/** Where a watch begins that is not interested in what there is. */
async function newestVersion(
  client: KubeClient,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { body } = await client.send({ method: 'GET', path, query: { limit: 1 } }, signal);
  return (body as Partial<KubeObject>).metadata?.resourceVersion;
}
