import type { HttpField } from '../proxy-rule.js';

export interface RequestHead {
  readonly kind: 'request';
  readonly method: string;
  /** As it stands in the request line: `/orders?limit=1`. */
  readonly target: string;
  readonly version: string;
  readonly headers: readonly HttpField[];
}

export interface ResponseHead {
  readonly kind: 'response';
  readonly version: string;
  readonly code: number;
  readonly reason: string;
  readonly headers: readonly HttpField[];
}

export type MessageHead = RequestHead | ResponseHead;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) (\\S+) HTTP/(1\\.[01])$`);
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9]\d\d)(?: (.*))?$/;
const FIELD = new RegExp(`^(${TOKEN}):[ \\t]*(.*?)[ \\t]*$`);
/** What a request line can begin with, so that another protocol is known before its first line is over, if it has lines. */
const REQUEST_START = new RegExp(`^(?:${TOKEN}(?: (?:$|/|\\*|h|(?<=CONNECT ))[^\\n]*)?)?$`);
const STATUS_START = 'HTTP/1.';

/** Reads a head with its empty line. Undefined where it is none that HTTP/1.x allows; then nobody may guess at it. */
export function parseHead(kind: MessageHead['kind'], bytes: Buffer): MessageHead | undefined {
  // Latin-1 keeps every byte as it is.
  const [startLine = '', ...lines] = bytes
    .toString('latin1')
    .replace(/^(?:\r\n)+/, '')
    .split('\r\n');
  const headers: HttpField[] = [];
  for (const line of lines.slice(0, -2)) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined || value.includes('\n')) return undefined;
    headers.push([name, value]);
  }
  if (kind === 'request') {
    const [, method, target, version] = REQUEST_LINE.exec(startLine) ?? [];
    if (method === undefined || target === undefined || version === undefined) return undefined;
    return { kind, method, target, version, headers };
  }
  const [, version, code, reason = ''] = STATUS_LINE.exec(startLine) ?? [];
  return version === undefined ? undefined : { kind, version, code: Number(code), reason, headers };
}

export function formatHead(head: MessageHead): Buffer {
  const startLine =
    head.kind === 'request'
      ? `${head.method} ${head.target} HTTP/${head.version}`
      : `HTTP/${head.version} ${head.code} ${head.reason}`;
  const lines = head.headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${startLine}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** Whether a head can begin with these bytes. */
export function canBeHead(kind: MessageHead['kind'], bytes: Buffer): boolean {
  const text = bytes.toString('latin1').replace(/^(?:\r\n)+/, '');
  const end = text.indexOf('\n');
  const line = end < 0 ? text : text.slice(0, end).replace(/\r$/, '');
  if (end >= 0) return (kind === 'request' ? REQUEST_LINE : STATUS_LINE).test(line);
  if (kind === 'request') return text === '\r' || REQUEST_START.test(line.replace(/\r$/, ''));
  return line.startsWith(STATUS_START) || STATUS_START.startsWith(line);
}

/** Whether a whole request line stands at the beginning. */
export function startsRequest(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n');
  return end > 0 && REQUEST_LINE.test(bytes.toString('latin1', 0, end));
}

/** Every value of the header. */
export function valuesOf(headers: readonly HttpField[], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([other]) => other.toLowerCase() === wanted).map(([, value]) => value);
}

/** Sets a header in place of all that it has of this name. */
export function withHeader(headers: readonly HttpField[], name: string, value: string): HttpField[] {
  return [...withoutHeader(headers, name), [name, value]];
}

export function withoutHeader(headers: readonly HttpField[], name: string): HttpField[] {
  const unwanted = name.toLowerCase();
  return headers.filter(([other]) => other.toLowerCase() !== unwanted);
}
