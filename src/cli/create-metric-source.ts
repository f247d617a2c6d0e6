import { dirname, resolve } from 'node:path';
import type { ServiceDescription } from '../chaos/environment.js';
import { templateServicesOf } from '../experiments/build-plan.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { pathName } from '../experiments/document-issue.js';
import { resolveTemplates } from '../experiments/resolve-templates.js';
import type { MetricSource } from '../observe/metric-source.js';
import { createPrometheusSource } from '../observe/prometheus/prometheus-source.js';
import { PlimsollError } from '../shared/errors.js';

export interface MetricSourceParts {
  readonly config: { readonly document: ConfigDocument; readonly path: string };
  readonly environment: string;
  readonly services: readonly ServiceDescription[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The Prometheus server of an environment, undefined where it names none.
 * @throws {PlimsollError} USAGE where a template of its settings stands for nothing.
 */
export function createMetricSource({
  config: { document, path },
  environment,
  services,
  env,
}: MetricSourceParts): MetricSource | undefined {
  const settings = document.environments[environment]?.prometheus;
  if (settings === undefined) return undefined;
  const { url, headers, bearerTokenFile, timeout, maxLag } = settings;
  const resolved = resolveTemplates({ url, headers }, { services: templateServicesOf(services), env });
  const base = ['environments', environment, 'prometheus'];
  if (!resolved.ok) {
    const [issue] = resolved.issues;
    const place = pathName([...base, ...(issue?.path ?? [])], 'Config');
    throw new PlimsollError('USAGE', `${path}: ${place}: ${issue?.message ?? ''}`);
  }
  if (!/^https?:\/\//.test(resolved.value.url) || !URL.canParse(resolved.value.url)) {
    throw new PlimsollError('USAGE', `${path}: ${pathName([...base, 'url'], 'Config')} is no address`, {
      remedy: 'it begins with http:// or https://',
    });
  }
  return createPrometheusSource({
    ...resolved.value,
    timeoutMs: timeout,
    maxLagMs: maxLag,
    ...(bearerTokenFile === undefined ? {} : { bearerTokenFile: resolve(dirname(path), bearerTokenFile) }),
  });
}
