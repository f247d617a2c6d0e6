import { createFieldReader, type FieldReader, type Fields } from './field-reader.js';
import type { ParsedFault } from './parsed-fault.js';
import type {
  HttpActions,
  HttpFault,
  HttpField,
  HttpMatch,
  HttpPatch,
  HttpReplacement,
} from './proxy-rule.js';

const SPEC_FIELDS = [
  ...['mode', 'value', 'selector', 'duration', 'scheduler', 'remoteCluster', 'tls'],
  ...['target', 'port', 'path', 'method', 'code', 'request_headers', 'response_headers'],
  ...['abort', 'delay', 'replace', 'patch'],
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'];
/** The proxy sets these itself, since a wrong one would cut the connection's messages in the wrong places. */
const FRAMING = ['content-length', 'transfer-encoding'];

/** Reads the spec of an HTTPChaos; the selector, mode and value are the caller's. */
export function parseHttpRule(spec: Fields): ParsedFault<HttpFault> {
  const reader = createFieldReader();
  reader.onlyKnown(spec, 'spec', SPEC_FIELDS);
  if (spec.tls !== undefined) {
    reader.needsCluster('spec.tls', 'the local proxy does not open encrypted connections');
  }
  const target = readTarget(reader, spec);
  const port = reader.whole(spec, 'spec', 'port', 1, 65535);
  if (port === undefined && spec.port === undefined)
    reader.invalid('spec.port', 'missing', 'write port: 8080');
  const match = readMatch(reader, spec, target);
  const actions = readActions(reader, spec, target);
  if (reader.refusals.length > 0 || target === undefined || port === undefined) {
    return { status: 'refused', refusals: reader.refusals };
  }
  return { status: 'parsed', fault: { type: 'http', target, port, match, actions }, warnings: [] };
}

function readTarget(reader: FieldReader, spec: Fields): HttpFault['target'] | undefined {
  const target = reader.text(spec, 'spec', 'target');
  if (target === 'Request') return 'request';
  if (target === 'Response') return 'response';
  reader.invalid(
    'spec.target',
    target === undefined ? 'missing' : `cannot read "${target}"`,
    'write Request or Response',
  );
  return undefined;
}

function readMatch(reader: FieldReader, spec: Fields, target: HttpFault['target'] | undefined): HttpMatch {
  const path = reader.text(spec, 'spec', 'path');
  const method = readMethod(reader, spec, 'spec');
  const code = reader.whole(spec, 'spec', 'code', 100, 599);
  if (target === 'request') {
    for (const name of ['code', 'response_headers']) {
      if (spec[name] !== undefined) {
        reader.invalid(`spec.${name}`, 'selects nothing, since a request has none', 'write target: Response');
      }
    }
  }
  return {
    ...(path === undefined ? {} : { path }),
    ...(method === undefined ? {} : { method }),
    ...(code === undefined ? {} : { code }),
    requestHeaders: readMap(reader, spec, 'spec', 'request_headers'),
    responseHeaders: readMap(reader, spec, 'spec', 'response_headers'),
  };
}

function readActions(
  reader: FieldReader,
  spec: Fields,
  target: HttpFault['target'] | undefined,
): HttpActions {
  const abort = spec.abort ?? false;
  if (typeof abort !== 'boolean') reader.invalid('spec.abort', 'true or false is expected');
  const delayMs = reader.durationMs(spec, 'spec', 'delay') ?? 0;
  const replace = readReplacement(reader, reader.object(spec, 'spec', 'replace') ?? {}, target);
  const patch = readPatch(reader, reader.object(spec, 'spec', 'patch') ?? {}, target);
  if (['abort', 'delay', 'replace', 'patch'].every((name) => spec[name] === undefined)) {
    reader.invalid('spec', 'no action', 'write at least one of abort, delay, replace and patch');
  }
  return { abort: abort === true, delayMs, replace, patch };
}

function readReplacement(
  reader: FieldReader,
  replace: Fields,
  target: HttpFault['target'] | undefined,
): HttpReplacement {
  const at = 'spec.replace';
  reader.onlyKnown(replace, at, ['path', 'method', 'code', 'body', 'queries', 'headers']);
  refuseWrongTarget(reader, replace, at, target);
  const path = reader.text(replace, at, 'path');
  if (path !== undefined && !/^[!-~]*$/.test(path)) {
    reader.invalid(`${at}.path`, 'a path holds no spaces and only ASCII; encode the rest with %');
  }
  const method = readMethod(reader, replace, at);
  const code = reader.whole(replace, at, 'code', 200, 599);
  const body = reader.text(replace, at, 'body');
  if (body !== undefined && !isBase64(body)) {
    reader.invalid(
      `${at}.body`,
      'not Base64',
      'Chaos Mesh takes the body in Base64: `printf %s "text" | base64`',
    );
  }
  return {
    ...(path === undefined ? {} : { path: path === '' ? '/' : path }),
    ...(method === undefined ? {} : { method }),
    ...(code === undefined ? {} : { code }),
    ...(body === undefined ? {} : { body }),
    queries: readMap(reader, replace, at, 'queries'),
    headers: withoutFraming(reader, readMap(reader, replace, at, 'headers'), `${at}.headers`),
  };
}

function readPatch(reader: FieldReader, patch: Fields, target: HttpFault['target'] | undefined): HttpPatch {
  const at = 'spec.patch';
  reader.onlyKnown(patch, at, ['body', 'queries', 'headers']);
  refuseWrongTarget(reader, patch, at, target);
  if (patch.body !== undefined) {
    reader.needsCluster(
      `${at}.body`,
      'the local proxy passes bodies on as they come and does not collect them',
    );
  }
  return {
    queries: readPairs(reader, patch, at, 'queries'),
    headers: withoutFraming(reader, readPairs(reader, patch, at, 'headers'), `${at}.headers`),
  };
}

function refuseWrongTarget(
  reader: FieldReader,
  fields: Fields,
  at: string,
  target: HttpFault['target'] | undefined,
): void {
  const wrong = target === 'request' ? ['code'] : target === 'response' ? ['path', 'method', 'queries'] : [];
  for (const name of wrong) {
    if (fields[name] !== undefined) reader.invalid(`${at}.${name}`, `has no effect on a ${String(target)}`);
  }
}

function readMethod(reader: FieldReader, fields: Fields, at: string): string | undefined {
  const method = reader.text(fields, at, 'method');
  if (method !== undefined && !METHODS.includes(method)) {
    reader.invalid(`${at}.method`, `cannot read "${method}": write one of ${METHODS.join(', ')}`);
  }
  return method;
}

function readMap(reader: FieldReader, fields: Fields, at: string, name: string): HttpField[] {
  const map = reader.object(fields, at, name) ?? {};
  const entries: HttpField[] = [];
  for (const [key, value] of Object.entries(map)) {
    if (typeof value === 'string') entries.push([key, value]);
    else reader.invalid(`${at}.${name}.${key}`, 'a text is expected', `write ${key}: "..."`);
  }
  return entries;
}

function readPairs(reader: FieldReader, fields: Fields, at: string, name: string): HttpField[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  const pairs: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (pairs.every(isPair)) return [...pairs];
  reader.invalid(`${at}.${name}`, 'a list of pairs is expected', `write ${name}: [["name", "value"]]`);
  return [];
}

function isPair(value: unknown): value is HttpField {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function withoutFraming(
  reader: FieldReader,
  headers: readonly HttpField[],
  path: string,
): readonly HttpField[] {
  for (const [name, value] of headers) {
    if (FRAMING.includes(name.toLowerCase())) {
      reader.needsCluster(`${path}.${name}`, 'the local proxy frames the messages that it passes on by it');
    }
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || /[\r\n\0]/.test(value)) {
      reader.invalid(`${path}.${name}`, 'not a header that HTTP/1.1 can carry');
    }
  }
  return headers;
}

function isBase64(text: string): boolean {
  const compact = text.replace(/\s/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}
