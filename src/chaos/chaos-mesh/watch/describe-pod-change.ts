import { isServing, type Pod } from '../pod.js';

export interface PodChange {
  /** The kind of event in the timeline. */
  readonly kind: string;
  readonly message: string;
  readonly target: string;
}

/**
 * What of a pod's change belongs in the timeline of a run; undefined for what does not.
 *
 * @param carriers the uids of the pods that carry a fault just now, which others of their kind then lack
 */
export function describePodChange(
  before: Pod | undefined,
  after: Pod | undefined,
  carriers: ReadonlySet<string>,
): PodChange | undefined {
  const pod = after ?? before;
  if (pod === undefined) return undefined;
  const change = (kind: string, message: string): PodChange => ({ kind, message, target: pod.id });
  if (after === undefined) return change('pod-gone', `${pod.id} is gone`);
  if (before?.uid === after.uid) {
    if (after.deleting && !before.deleting) return change('pod-deleted', `${pod.id} is being deleted`);
    if (after.restarts > before.restarts) {
      const why = after.lastEnd === undefined ? '' : `; it ended before: ${after.lastEnd}`;
      return change(
        'pod-restarted',
        `a container of ${pod.id} was restarted (${after.restarts} in all${why})`,
      );
    }
  }
  const served = before?.uid === after.uid && isServing(before);
  if (!served && isServing(after)) {
    const lacksIt = carriers.size > 0 && !carriers.has(pod.uid);
    return change('pod-ready', `${pod.id} is ready${lacksIt ? ', and does not carry the fault' : ''}`);
  }
  if (served && !isServing(after)) return change('pod-not-ready', `${pod.id} is not ready`);
  return undefined;
}
