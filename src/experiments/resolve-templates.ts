import { didYouMean } from '../shared/nearest-name.js';
import { type DocumentIssue, type DocumentPath, isFields } from './document-issue.js';

export interface TemplateService {
  /** `http://127.0.0.1:18080` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

export interface TemplateScope {
  readonly services: Readonly<Record<string, TemplateService>>;
  /** `{{env.NAME}}`; without it no variable is known. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type ResolvedTemplates<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly DocumentIssue[] };

const SERVICE_FIELDS = ['url', 'host', 'port'] as const;
type ServiceField = (typeof SERVICE_FIELDS)[number];

type Reference =
  | { readonly kind: 'service'; readonly service: string; readonly field: ServiceField }
  | { readonly kind: 'env'; readonly name: string };

type Lookup = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/**
 * Replaces `{{services.orders.url}}`, `.host`, `.port` and `{{env.NAME}}` in every text of a value. Paths of issues
 * begin at the value, spans lie within its texts. `{{seq}}` and `{{uuid}}` in a request stay: its generator knows them.
 */
export function resolveTemplates<T>(value: T, scope: TemplateScope): ResolvedTemplates<T> {
  const issues: DocumentIssue[] = [];
  const resolved = mapTexts(value, [], (text, path) =>
    replaceTemplates(text, path, issues, (reference) => lookUp(reference, scope)),
  );
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: resolved as T };
}

/** What is wrong with the templates in a value, whatever services there may be. */
export function checkTemplates(value: unknown, base: DocumentPath): readonly DocumentIssue[] {
  const issues: DocumentIssue[] = [];
  mapTexts(value, base, (text, path) => replaceTemplates(text, path, issues, () => ({ ok: true, text: '' })));
  return issues;
}

/** The services that the templates in a value name; what cannot be read names none. */
export function servicesNamedIn(value: unknown): readonly string[] {
  const names = new Set<string>();
  mapTexts(value, [], (text, path) =>
    replaceTemplates(text, path, [], (reference) => {
      if (reference.kind === 'service') names.add(reference.service);
      return { ok: true, text: '' };
    }),
  );
  return [...names];
}

function mapTexts(
  value: unknown,
  path: DocumentPath,
  map: (text: string, path: DocumentPath) => string,
): unknown {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, [...path, index], map));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, [...path, key], map)]),
  );
}

function replaceTemplates(
  text: string,
  path: DocumentPath,
  issues: DocumentIssue[],
  find: (reference: Reference) => Lookup,
): string {
  return text.replace(/\{\{([^{}]*)\}\}|\{\{/g, (whole, inner: string | undefined, offset: number) => {
    if (isRequestToken(inner, path)) return whole;
    const parsed = inner === undefined ? 'a template ends with "}}"' : parseReference(inner.trim());
    const found = typeof parsed === 'string' ? { ok: false as const, message: parsed } : find(parsed);
    if (found.ok) return found.text;
    issues.push({
      path,
      at: 'value',
      span: { offset, length: whole.length },
      message: `cannot read "${whole}": ${found.message}`,
    });
    return whole;
  });
}

/** What the generator itself fills in, another one for each request. */
function isRequestToken(inner: string | undefined, path: DocumentPath): boolean {
  return path.includes('requests') && /^\s*(seq|uuid)\s*$/.test(inner ?? '');
}

/** The reference, or what is wrong with it. */
function parseReference(inner: string): Reference | string {
  const env = /^env\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(inner)?.[1];
  if (env !== undefined) return { kind: 'env', name: env };
  const match = /^services\.([a-z0-9][-a-z0-9]*)\.([A-Za-z]+)$/.exec(inner);
  const [, service = '', field = ''] = match ?? [];
  if (match === null)
    return 'write {{services.NAME.url}}, .host or .port, {{env.NAME}}, or in a request {{seq}} or {{uuid}}';
  if (isServiceField(field)) return { kind: 'service', service, field };
  return `a service has url, host and port, no "${field}"${didYouMean(field, SERVICE_FIELDS)}`;
}

function isServiceField(field: string): field is ServiceField {
  return (SERVICE_FIELDS as readonly string[]).includes(field);
}

function lookUp(reference: Reference, scope: TemplateScope): Lookup {
  if (reference.kind === 'env') {
    const text = scope.env?.[reference.name];
    return text === undefined
      ? { ok: false, message: `the environment variable ${reference.name} is not set` }
      : { ok: true, text };
  }
  const { service, field } = reference;
  const found = Object.hasOwn(scope.services, service) ? scope.services[service] : undefined;
  if (found !== undefined) return { ok: true, text: String(found[field]) };
  const names = Object.keys(scope.services);
  const nearest = didYouMean(service, names);
  const known = nearest === '' && names.length > 0 ? ` (there is ${names.join(', ')})` : nearest;
  return { ok: false, message: `the environment has no service "${service}"${known}` };
}
