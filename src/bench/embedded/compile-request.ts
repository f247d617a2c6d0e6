import type { Dispatcher } from 'undici';
import type { PlannedRequest } from '../load-generator.js';
import { compileTemplate, fillTemplate, type TokenValues } from './compile-template.js';

/** A planned request, ready to be sent many times. */
export interface CompiledRequest {
  /** The endpoint's index on the tape. */
  readonly endpoint: number;
  readonly origin: string;
  readonly minStatus: number;
  readonly maxStatus: number;
  readonly usesTokens: boolean;
  /** What to hand to undici; the same object each time where there are no tokens. */
  build(values: TokenValues): Dispatcher.DispatchOptions;
}

export function compileRequest(request: PlannedRequest, endpoint: number): CompiledRequest {
  const url = new URL(request.url);
  const path = compileTemplate(restoreTokens(url.pathname + url.search));
  const headers = headersOf(request).map(compileTemplate);
  const body = request.body === undefined ? undefined : compileTemplate(request.body);
  const fixedBody = body?.kind === 'fixed' ? Buffer.from(body.text) : undefined;

  const build = (values: TokenValues): Dispatcher.DispatchOptions => ({
    method: request.method,
    path: fillTemplate(path, values),
    headers: headers.map((header) => fillTemplate(header, values)),
    // Deadlines are the caller's: undici's own timers tick only every half second.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(body === undefined ? {} : { body: fixedBody ?? fillTemplate(body, values) }),
  });
  const usesTokens = [path, ...headers, ...(body ? [body] : [])].some(({ kind }) => kind === 'per-request');
  const fixed = usesTokens ? undefined : build({ seq: 0, uuid: '' });

  return {
    endpoint,
    origin: url.origin,
    minStatus: request.expectStatus.min,
    maxStatus: request.expectStatus.max,
    usesTokens,
    build: fixed ? () => fixed : build,
  };
}

/** Name, value, name, value: the form that undici need not convert. */
function headersOf(request: PlannedRequest): readonly string[] {
  const named = Object.keys(request.headers).some((name) => name.toLowerCase() === 'user-agent');
  return [...(named ? [] : ['user-agent', 'plimsoll']), ...Object.entries(request.headers).flat()];
}

/** URL escapes the braces of a token in a path. */
function restoreTokens(path: string): string {
  return path.replace(/(?:%7B|\{){2}(?:%20|\s)*(seq|uuid)(?:%20|\s)*(?:%7D|\}){2}/gi, '{{$1}}');
}
