import type { HttpField, HttpMatch } from '../proxy-rule.js';
import { valuesOf, type RequestHead, type ResponseHead } from './message-head.js';

/** Whether a request, or a response and the request that it answers, is one that the rule names. */
export function matchesMessage(match: HttpMatch, request: RequestHead, response?: ResponseHead): boolean {
  return (
    (match.path === undefined || matchesGlob(match.path, splitTarget(request.target).path)) &&
    (match.method === undefined || match.method === request.method) &&
    hasHeaders(request.headers, match.requestHeaders) &&
    (match.code === undefined || match.code === response?.code) &&
    (match.responseHeaders.length === 0 || hasHeaders(response?.headers ?? [], match.responseHeaders))
  );
}

export interface SplitTarget {
  /** `http://orders:8080` of a request to a proxy; mostly empty. */
  readonly origin: string;
  readonly path: string;
  /** Without its question mark; undefined where there is none. */
  readonly query?: string;
}

export function splitTarget(target: string): SplitTarget {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/?]*)?([^?]*)(?:\?(.*))?$/i.exec(target);
  const [, origin = '', path = '', query] = match ?? [];
  return { origin, path: path === '' ? '/' : path, ...(query === undefined ? {} : { query }) };
}

/** `*` is any text, `?` one character. It looks at each place once for each star, and never tries all the ways. */
export function matchesGlob(glob: string, text: string): boolean {
  let star = -1;
  let afterStar = 0;
  let at = 0;
  let index = 0;
  while (index < text.length) {
    if (glob[at] === '*') {
      star = at++;
      afterStar = index;
    } else if (glob[at] === '?' || (at < glob.length && glob[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++afterStar;
    } else {
      return false;
    }
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}

function hasHeaders(headers: readonly HttpField[], wanted: readonly HttpField[]): boolean {
  return wanted.every(([name, value]) => valuesOf(headers, name).includes(value));
}
