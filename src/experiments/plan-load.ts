import { isAbsolute, resolve, dirname } from 'node:path';
import type {
  CommandLoad,
  GoBenchLoad,
  HttpLoad,
  LoadProfile,
  PlannedLoad,
  PlannedRequest,
} from '../bench/load-generator.js';
import type { RowFields, RowFormat } from '../bench/row-format.js';
import type { DurationMs } from '../shared/time.js';
import type { DocumentIssue } from './document-issue.js';
import type { ExperimentDocument } from './experiment-schema.js';
import type { RowsDocument } from './row-format-schema.js';
import { resolveTemplates, type TemplateScope } from './resolve-templates.js';

type LoadDocument = ExperimentDocument['load'];
type RequestDocument = NonNullable<LoadDocument['http']>['requests'][number];

export type ReadLoad =
  | { readonly ok: true; readonly load: PlannedLoad }
  | { readonly ok: false; readonly issues: readonly DocumentIssue[] };

/** What a response without an `expect` must be to count as a success: as k6 has it. */
const ANY_SUCCESS = { min: 200, max: 399 };

/** The load with its addresses in place. Paths of issues begin at the document. */
export function planLoad(
  document: LoadDocument,
  parts: { readonly scope: TemplateScope; readonly file: string; readonly maxDurationMs: DurationMs },
): ReadLoad {
  const resolved = resolveTemplates(document, parts.scope);
  if (!resolved.ok) {
    return {
      ok: false,
      issues: resolved.issues.map((issue) => ({ ...issue, path: ['load', ...issue.path] })),
    };
  }
  const { command, goBench, http, k6, profile } = resolved.value;
  const { maxDurationMs } = parts;
  if (k6 !== undefined) {
    return {
      ok: true,
      load: {
        kind: 'k6-script',
        script: resolve(dirname(parts.file), k6.script),
        env: k6.env,
        ...(k6.runners === undefined ? {} : { runners: k6.runners }),
        ...(profile === undefined ? {} : { profile: profileOf(profile) }),
        maxDurationMs,
      },
    };
  }
  if (command !== undefined) {
    return { ok: true, load: planCommand(command, dirname(resolve(parts.file)), maxDurationMs) };
  }
  if (goBench !== undefined) {
    return { ok: true, load: planGoBench(goBench, dirname(resolve(parts.file)), maxDurationMs) };
  }
  if (http === undefined || profile === undefined) throw new Error('the schema lets no such load through');
  return { ok: true, load: planHttp(http, profileOf(profile), maxDurationMs) };
}

function planCommand(
  { command, env, timeout, format }: NonNullable<LoadDocument['command']>,
  cwd: string,
  maxDurationMs: DurationMs,
): CommandLoad {
  return {
    kind: 'command',
    command,
    cwd,
    env,
    format: planFormat(format),
    timeoutMs: timeout,
    maxDurationMs,
  };
}

/** A folder is worked in; an import path is looked for from the experiment's own folder. */
function planGoBench(
  { count, ...bench }: NonNullable<LoadDocument['goBench']>,
  folder: string,
  maxDurationMs: DurationMs,
): GoBenchLoad {
  const isFolder = /^\.\.?(\/|$)/.test(bench.package) || isAbsolute(bench.package);
  return {
    kind: 'go-bench',
    ...bench,
    cwd: isFolder ? resolve(folder, bench.package) : folder,
    pattern: isFolder ? '.' : bench.package,
    ...(count === undefined ? {} : { count }),
    maxDurationMs,
  };
}

function planFormat(format: NonNullable<LoadDocument['command']>['format']): RowFormat {
  if (format === 'k6-json') return { kind: 'k6-json' };
  if ('ndjson' in format) return { kind: 'ndjson', fields: fieldsOf(format.ndjson) };
  const { columns, delimiter } = format.csv;
  return {
    kind: 'csv',
    ...(columns === undefined ? {} : { columns }),
    delimiter,
    fields: fieldsOf(format.csv),
  };
}

function fieldsOf({ start, duration, ok, status, endpoint }: RowsDocument): RowFields {
  return {
    start,
    duration,
    success: ok === undefined ? { by: 'status', field: status ?? '' } : { by: 'ok', field: ok },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function planHttp(
  http: NonNullable<LoadDocument['http']>,
  profile: LoadProfile,
  maxDurationMs: DurationMs,
): HttpLoad {
  const base = http.baseUrl.replace(/\/+$/, '');
  return {
    kind: 'http',
    requests: http.requests.map((request) => planRequest(request, base, http.headers)),
    timeoutMs: http.timeout,
    ...(http.runners === undefined ? {} : { runners: http.runners }),
    profile,
    maxDurationMs,
  };
}

function planRequest(
  request: RequestDocument,
  base: string,
  shared: Readonly<Record<string, string>>,
): PlannedRequest {
  const { method, path, weight } = request;
  const body = bodyOf(request.body);
  const headers = { ...shared, ...request.headers };
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    name: request.name ?? `${method} ${path.split('?', 1)[0] ?? path}`,
    method,
    url: `${base}${path}`,
    headers: body?.json === true && !isTyped ? { 'content-type': 'application/json', ...headers } : headers,
    ...(body === undefined ? {} : { body: body.text }),
    weight,
    expectStatus: statusesOf(request.expect?.status),
  };
}

function bodyOf(
  body: RequestDocument['body'],
): { readonly text: string; readonly json: boolean } | undefined {
  if (body === undefined) return undefined;
  return typeof body === 'string' ? { text: body, json: false } : { text: JSON.stringify(body), json: true };
}

function statusesOf(status: number | string | undefined): PlannedRequest['expectStatus'] {
  if (status === undefined) return ANY_SUCCESS;
  if (typeof status === 'number') return { min: status, max: status };
  const least = Number(status.charAt(0)) * 100;
  return { min: least, max: least + 99 };
}

function profileOf(profile: NonNullable<LoadDocument['profile']>): LoadProfile {
  return 'rate' in profile
    ? { model: 'open', ratePerSecond: profile.rate, maxVUs: profile.maxVUs }
    : { model: 'closed', vus: profile.vus };
}
