import { z } from 'zod';
import { durationSchema } from './quantity-schemas.js';

/** An address, or a template that becomes one. */
const URL_FORM = /^(https?:\/\/[^\s@]+|\{\{.*\}\}\S*)$/;

/** Where the metrics of an environment's services are. Secrets stand in files or environment variables, never here. */
export const prometheusConfigSchema = z.strictObject({
  url: z
    .string()
    .regex(
      URL_FORM,
      'write an address like http://127.0.0.1:9090; a password belongs into headers or bearerTokenFile',
    )
    .describe('Address of the server, without /api/v1; {{env.NAME}} and {{services.NAME.url}} are filled in')
    .meta({ examples: ['http://prometheus.monitoring:9090', '{{env.PROMETHEUS_URL}}'] }),
  headers: z
    .record(z.string().min(1), z.string())
    .prefault({})
    .describe('Headers of every request; {{env.NAME}} is filled in')
    .meta({ examples: [{ 'X-Scope-OrgID': 'shop', Authorization: 'Basic {{env.PROMETHEUS_BASIC}}' }] }),
  bearerTokenFile: z
    .string()
    .min(1)
    .optional()
    .describe('A file with a bearer token, relative to this file; read anew for each request'),
  timeout: durationSchema.prefault('10s').describe('How long one request may take'),
  maxLag: durationSchema
    .prefault('30s')
    .describe(
      'How long to wait after a phase until its end has been scraped; longer than the scrape interval',
    ),
});
