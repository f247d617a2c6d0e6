import { valuesOf, type RequestHead, type ResponseHead } from './message-head.js';

/** Where a message's body ends (RFC 9112, section 6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }
  /** What follows is no HTTP any more. */
  | { readonly kind: 'tunnel' };

/** Undefined where the head contradicts itself, so that two readers could find two different ends. */
export function requestFraming({ headers, version }: RequestHead): BodyFraming | undefined {
  const declared = declaredFraming(headers, version);
  if (declared === undefined || declared.kind === 'until-close') return undefined;
  return declared;
}

/** @param method the one that the replica was sent */
export function responseFraming(
  { headers, code, version }: ResponseHead,
  method: string,
): BodyFraming | undefined {
  if (code === 101 || (method === 'CONNECT' && code >= 200 && code < 300)) return { kind: 'tunnel' };
  if (method === 'HEAD' || isBodiless(code)) return { kind: 'none' };
  const declared = declaredFraming(headers, version);
  return declared?.kind === 'none' ? { kind: 'until-close' } : declared;
}

/** Whether responses of this code never have a body. */
export function isBodiless(code: number): boolean {
  return code < 200 || code === 204 || code === 304;
}

/** `none` where nothing is declared, `until-close` where the last coding is not chunked. */
function declaredFraming(headers: RequestHead['headers'], version: string): BodyFraming | undefined {
  const codings = valuesOf(headers, 'transfer-encoding').flatMap(splitList);
  const lengths = new Set(valuesOf(headers, 'content-length').flatMap(splitList));
  if (codings.length > 0) {
    if (lengths.size > 0 || version === '1.0') return undefined;
    return codings.at(-1) === 'chunked' ? { kind: 'chunked' } : { kind: 'until-close' };
  }
  const [length] = lengths;
  if (length === undefined) return { kind: 'none' };
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) return undefined;
  return Number(length) === 0 ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
}

function splitList(value: string): string[] {
  return value.split(',').map((item) => item.trim().toLowerCase());
}
