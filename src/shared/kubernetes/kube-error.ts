/** A request that the API server refused, or that never got an answer. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** As Kubernetes words it: `AlreadyExists`, `Forbidden`, `Expired`; empty where it did not say. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.reason = reason;
  }
}

/** Reads the Status object of a refusal; the message stays as the API server or a webhook wrote it. */
export function kubeErrorOf(status: number, body: unknown): KubeError {
  if (typeof body === 'object' && body !== null && 'message' in body) {
    const { message, reason } = body as { message: unknown; reason?: unknown };
    return new KubeError(status, typeof reason === 'string' ? reason : '', String(message));
  }
  const text = typeof body === 'string' && body.trim() !== '' ? `: ${body.trim().slice(0, 500)}` : '';
  return new KubeError(status, '', `the API server answered ${status}${text}`);
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
