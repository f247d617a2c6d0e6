import { STATUS_CODES } from 'node:http';
import type { HttpActions, HttpField } from '../proxy-rule.js';
import { isBodiless } from './body-framing.js';
import { splitTarget } from './match-message.js';
import {
  withHeader,
  withoutHeader,
  type MessageHead,
  type RequestHead,
  type ResponseHead,
} from './message-head.js';

/** A message as the rules left it. */
export interface Edited<H extends MessageHead> {
  readonly head: H;
  /** In place of the message's own; undefined leaves that as it is. */
  readonly body: Buffer | undefined;
}

export function editRequest(message: Edited<RequestHead>, actions: HttpActions): Edited<RequestHead> {
  const { replace, patch } = actions;
  const { head } = message;
  return {
    head: {
      ...head,
      method: replace.method ?? head.method,
      target: editTarget(head.target, actions),
      headers: editHeaders(head.headers, replace.headers, patch.headers),
    },
    body: bodyOf(replace.body) ?? message.body,
  };
}

export function editResponse(message: Edited<ResponseHead>, actions: HttpActions): Edited<ResponseHead> {
  const { replace, patch } = actions;
  const { head } = message;
  const { code = head.code } = replace;
  return {
    head: {
      ...head,
      code,
      reason: code === head.code ? head.reason : (STATUS_CODES[code] ?? 'Unknown'),
      headers: editHeaders(head.headers, replace.headers, patch.headers),
    },
    body: bodyOf(replace.body) ?? message.body,
  };
}

/** Tells the length of a body that was replaced. */
export function frameRequest({ head, body }: Edited<RequestHead>): RequestHead {
  return body === undefined ? head : { ...head, headers: withLength(head.headers, body.length) };
}

/** What the client is sent, so that it finds the end of the message: the replica may have answered another one. */
export interface FramedResponse {
  readonly head: ResponseHead;
  readonly body: Buffer | undefined;
  readonly dropsOriginal: boolean;
}

/**
 * @param asked the method that the client sent
 * @param hadBody whether the replica's response has a body
 */
export function frameResponse(
  { head, body }: Edited<ResponseHead>,
  asked: string,
  hadBody: boolean,
): FramedResponse {
  if (isBodiless(head.code)) {
    const headers = withoutHeader(withoutHeader(head.headers, 'transfer-encoding'), 'content-length');
    return { head: { ...head, headers }, body: undefined, dropsOriginal: true };
  }
  if (asked === 'HEAD') {
    const headers = body === undefined ? head.headers : withLength(head.headers, body.length);
    return { head: { ...head, headers }, body: undefined, dropsOriginal: true };
  }
  if (body === undefined && hadBody) return { head, body, dropsOriginal: false };
  const headers = withLength(head.headers, body?.length ?? 0);
  return { head: { ...head, headers }, body, dropsOriginal: true };
}

function editTarget(target: string, { replace, patch }: HttpActions): string {
  const split = splitTarget(target);
  const path = replace.path ?? split.path;
  let { query } = split;
  if (replace.queries.length > 0) {
    const parameters = new URLSearchParams(query ?? '');
    for (const [name, value] of replace.queries) parameters.set(name, value);
    query = parameters.toString();
  }
  if (patch.queries.length > 0) {
    const more = new URLSearchParams(
      patch.queries.map(([name, value]): [string, string] => [name, value]),
    ).toString();
    query = query === undefined ? more : `${query}&${more}`;
  }
  const isUntouched = replace.path === undefined && query === split.query;
  return isUntouched ? target : `${split.origin}${path}${query === undefined ? '' : `?${query}`}`;
}

function editHeaders(
  headers: readonly HttpField[],
  replaced: readonly HttpField[],
  added: readonly HttpField[],
): readonly HttpField[] {
  const kept = replaced.reduce<readonly HttpField[]>(
    (rest, [name, value]) => withHeader(rest, name, value),
    headers,
  );
  return [...kept, ...added];
}

function withLength(headers: readonly HttpField[], bytes: number): readonly HttpField[] {
  const unframed = withoutHeader(withoutHeader(headers, 'transfer-encoding'), 'trailer');
  return withHeader(unframed, 'Content-Length', String(bytes));
}

function bodyOf(base64: string | undefined): Buffer | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
