import { z } from 'zod';
import { labelsSchema, metadataSchema } from './experiment-schema.js';
import { durationSchema } from './quantity-schemas.js';

/** A suite file: many experiments, one after another. */
export const suiteSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Suite'),
  metadata: metadataSchema,
  experiments: z
    .array(z.string().min(1))
    .min(1)
    .describe('Paths or globs, relative to this file; run in this order')
    .meta({ examples: [['../checkout-*.yaml']] }),
  selector: labelsSchema
    .prefault({})
    .describe('Only experiments with these labels')
    .meta({ examples: [{ suite: 'nightly' }] }),
  cooldown: durationSchema.prefault('0s').describe('Rest between two experiments'),
  retries: z.int().min(0).max(5).prefault(0).describe('How often an inconclusive run is tried again'),
  onBreach: z
    .enum(['continue', 'stop'])
    .prefault('continue')
    .describe('Whether the suite goes on after a breach'),
});

export type SuiteDocument = z.output<typeof suiteSchema>;
