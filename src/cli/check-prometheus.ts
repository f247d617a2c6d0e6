import type { ServiceDescription } from '../chaos/environment.js';
import { checkQueries } from '../experiments/check-queries.js';
import type { ConfigDocument } from '../experiments/config-schema.js';
import { PlimsollError } from '../shared/errors.js';
import type { Finding } from '../shared/finding.js';
import type { CliContext } from './cli-context.js';
import { createMetricSource } from './create-metric-source.js';

/** What is wrong with the Prometheus server of an environment; nothing where it answers, or where none is named. */
export async function checkPrometheus(
  config: { readonly document: ConfigDocument; readonly path: string },
  environment: { readonly name: string; readonly services: readonly ServiceDescription[] },
  { env, interrupt }: Pick<CliContext, 'env' | 'interrupt'>,
): Promise<readonly Finding[]> {
  try {
    const { name, services } = environment;
    const source = createMetricSource({ config, environment: name, services, env });
    return source === undefined ? [] : await checkQueries(source, [], interrupt);
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    const { message, remedy } = error;
    return [{ severity: 'stop', code: 'prometheus-settings', message, remedy }];
  }
}
