import { z } from 'zod';
import { durationSchema, sizeSchema } from './quantity-schemas.js';

const readinessSchema = z.strictObject({
  http: z
    .string()
    .startsWith('/')
    .optional()
    .describe('Ready when a GET of this path answers 2xx; default: when the port accepts a connection'),
  period: durationSchema.default(250),
  timeout: durationSchema.default(15_000).describe('A replica that is not ready by then fails the start'),
});

const managedServiceSchema = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .describe('The program and its arguments; it listens on the port in the environment variable PORT'),
  cwd: z.string().optional().describe('Relative to this file'),
  env: z.record(z.string(), z.string()).default({}),
  replicas: z.int().positive().max(50).default(1),
  labels: z.record(z.string(), z.string()).default({}),
  port: z.int().min(1).max(65535).describe('The stable address that clients use, on 127.0.0.1'),
  readiness: readinessSchema.prefault({}),
  restartBackoff: durationSchema
    .default(1000)
    .describe('How long a killed replica stays down before it is started again'),
});

const existingServiceSchema = z.strictObject({
  address: z
    .string()
    .regex(/^[^:/\s]+:\d+$/, 'write an address like 127.0.0.1:8080')
    .describe('A service that is already running; only network and HTTP faults can be done to it'),
  labels: z.record(z.string(), z.string()).default({}),
  port: z.int().min(1).max(65535),
});

const localEnvironmentSchema = z.strictObject({
  driver: z.literal('local'),
  services: z.record(
    z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
    z.union([managedServiceSchema, existingServiceSchema]),
  ),
  stress: z
    .strictObject({
      maxCpuWorkers: z.int().positive().default(2),
      maxMemory: sizeSchema.default(512 * 1024 * 1024),
    })
    .prefault({})
    .describe('What StressChaos may take of this machine'),
});

/** plimsoll.yaml: where experiments are tried. */
export const configSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Config'),
  reports: z.string().default('reports').describe('Folder of the results, relative to this file'),
  defaultEnvironment: z.string().optional(),
  environments: z.record(z.string(), localEnvironmentSchema),
});

export type ConfigDocument = z.output<typeof configSchema>;
export type LocalEnvironmentConfig = z.output<typeof localEnvironmentSchema>;
export type ManagedServiceConfig = z.output<typeof managedServiceSchema>;
export type ExistingServiceConfig = z.output<typeof existingServiceSchema>;
