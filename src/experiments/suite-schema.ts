import { z } from 'zod';
import { metadataSchema } from './experiment-schema.js';
import { durationSchema } from './quantity-schemas.js';

/** A suite file: many experiments, one after another. */
export const suiteSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Suite'),
  metadata: metadataSchema,
  experiments: z
    .array(z.string().min(1))
    .min(1)
    .describe('Paths or globs, relative to this file; run in this order'),
  selector: z.record(z.string(), z.string()).default({}).describe('Only experiments with these labels'),
  cooldown: durationSchema.default(0),
  retries: z.int().min(0).max(5).default(0).describe('How often an inconclusive run is tried again'),
  onBreach: z.enum(['continue', 'stop']).default('continue'),
});

export type SuiteDocument = z.output<typeof suiteSchema>;
