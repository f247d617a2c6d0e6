import { isServing, type Pod } from './pod.js';

export interface PodChange {
  /** The kind of event in the timeline. */
  readonly kind: string;
  readonly message: string;
  readonly target: string;
}

/** What of a pod's change belongs in the timeline of a run; undefined for what does not. */
export function describePodChange(
  before: Pod | undefined,
  after: Pod | undefined,
  carriers: readonly Pod[],
): PodChange | undefined {
  const pod = after ?? before;
  if (pod === undefined || carriers.length === 0) return undefined; // nothing is injected yet
  const carries = carriers.some(({ uid }) => uid === pod.uid);
  const change = (kind: string, message: string): PodChange => ({ kind, message, target: pod.id });
  if (after === undefined) return change('pod-gone', `${pod.id} is gone`);
  if (before?.uid === after.uid) {
    if (after.deleting && !before.deleting) return change('pod-deleted', `${pod.id} is being deleted`);
    if (after.restarts > before.restarts) {
      return change('pod-restarted', `a container of ${pod.id} was restarted (${after.restarts} in all)`);
    }
  }
  const served = before?.uid === after.uid && isServing(before);
  if (!served && isServing(after)) {
    const how = carries ? 'is ready' : 'is ready, and does not carry the fault';
    return change('pod-ready', `${pod.id} ${how}`);
  }
  if (served && !isServing(after)) return change('pod-not-ready', `${pod.id} is not ready`);
  return undefined;
}
