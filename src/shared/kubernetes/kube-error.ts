import type { DurationMs } from '../time.js';

/** What a refusal says beside its message. */
export interface RefusalDetails {
  /** Such as `{ reason: 'DisruptionBudget', message: 'The disruption budget orders needs 2 healthy pods ...' }`. */
  readonly causes: readonly { readonly reason: string; readonly message: string }[];
  /** When to ask again; undefined where it does not say. */
  readonly retryAfterMs: DurationMs | undefined;
}

const NO_DETAILS: RefusalDetails = { causes: [], retryAfterMs: undefined };

/** A request that the API server refused, or that never got an answer. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** As Kubernetes words it: `AlreadyExists`, `Forbidden`, `Expired`; empty where it did not say. */
  readonly reason: string;
  readonly details: RefusalDetails;

  constructor(status: number, reason: string, message: string, cause?: unknown, details = NO_DETAILS) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.reason = reason;
    this.details = details;
  }
}

/**
 * Reads the Status object of a refusal; the message stays as the API server or a webhook wrote it.
 *
 * @param retryAfter the header of that name, in seconds
 */
export function kubeErrorOf(status: number, body: unknown, retryAfter?: string): KubeError {
  const headerSeconds = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  if (typeof body === 'object' && body !== null && 'message' in body) {
    const { message, reason, details } = body as StatusBody;
    const seconds = headerSeconds ?? numberOf(details?.retryAfterSeconds);
    return new KubeError(status, textOf(reason), String(message), undefined, {
      causes: (details?.causes ?? []).map((each) => ({
        reason: textOf(each.reason),
        message: textOf(each.message),
      })),
      retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
    });
  }
  const text = typeof body === 'string' && body.trim() !== '' ? `: ${body.trim().slice(0, 500)}` : '';
  const retryAfterMs = headerSeconds === undefined ? undefined : headerSeconds * 1000;
  return new KubeError(status, '', `the API server answered ${status}${text}`, undefined, {
    causes: [],
    retryAfterMs,
  });
}

/** As much of a Status as is read. */
interface StatusBody {
  readonly message: unknown;
  readonly reason?: unknown;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: unknown; readonly message?: unknown }[];
    readonly retryAfterSeconds?: unknown;
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

export function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && error.status === 403;
}

/** Whether the request may have been carried out all the same: no answer, or one that does not tell. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 0 || error.status === 504);
}

/** The server no longer knows the version that a watch or a page of a list should go on from. */
export function isExpired(error: unknown): boolean {
  return error instanceof KubeError && error.status === 410;
}
