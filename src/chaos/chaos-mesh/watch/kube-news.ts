import type { KubeObject } from '../../../shared/kubernetes/kube-client.js';

/** An event of Kubernetes, as far as a timeline needs it. */
export interface KubeNews {
  readonly uid: string;
  readonly about: { readonly kind: string; readonly name: string; readonly uid: string };
  /** `BackOff`, `Unhealthy`, `FailedScheduling`, `Killing`. */
  readonly reason: string;
  readonly isWarning: boolean;
  readonly message: string;
  /** How often it has come to pass; Kubernetes counts what repeats in one event. */
  readonly count: number;
}

interface EventFields {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly reason?: string;
  readonly type?: string;
  readonly message?: string;
  readonly count?: number | null;
  readonly series?: { readonly count?: number } | null;
}

export function readKubeNews(object: KubeObject): KubeNews {
  const {
    involvedObject = {},
    reason = '',
    type,
    message = '',
    count,
    series,
  } = object as KubeObject & EventFields;
  return {
    uid: object.metadata.uid ?? '',
    about: {
      kind: involvedObject.kind ?? '',
      name: involvedObject.name ?? '',
      uid: involvedObject.uid ?? '',
    },
    reason,
    isWarning: type === 'Warning',
    message: message.trim(),
    count: series?.count ?? count ?? 1,
  };
}

/** Normal events that say why a pod went: all others of this type tell that things go as they should. */
const NORMAL_REASONS = ['Killing', 'Preempted', 'TaintManagerEviction'];
const LONGEST_MESSAGE = 300;

/** Whether it belongs in a timeline, whomever it is about. */
export function isNews({ isWarning, reason }: KubeNews): boolean {
  return isWarning || NORMAL_REASONS.includes(reason);
}

/** `BackOff: Back-off restarting failed container app (4 times)` */
export function describeKubeNews({ reason, message, count }: KubeNews): string {
  const text = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)} ...` : message;
  return `${reason}: ${text.replace(/\s+/g, ' ')}${count > 1 ? ` (${count} times)` : ''}`;
}
