import { z } from 'zod';
import { labelsSchema } from './experiment-schema.js';
import { durationSchema, sizeSchema } from './quantity-schemas.js';

const serviceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'a name has lower-case letters, digits and hyphens');

const port = z.int().min(1).max(65535);

const readinessSchema = z.strictObject({
  http: z
    .string()
    .startsWith('/', 'a path starts with "/"')
    .optional()
    .describe('Ready when a GET of this path answers 2xx; default: when the port accepts a connection'),
  period: durationSchema.prefault('250ms').describe('How often it is asked'),
  timeout: durationSchema.prefault('15s').describe('A replica that is not ready by then fails the start'),
});

const managedServiceSchema = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .describe('The program and its arguments; it listens on the port in the environment variable PORT')
      .meta({ examples: [['node', 'server.mjs']] }),
    cwd: z
      .string()
      .min(1)
      .optional()
      .describe('Working folder, relative to this file; default: the folder of this file'),
    env: z.record(z.string().min(1), z.string()).prefault({}).describe('Further environment variables'),
    replicas: z.int().positive().max(50).prefault(1).describe('How many of it run'),
    labels: labelsSchema
      .prefault({})
      .describe('What the selectors of faults choose by')
      .meta({ examples: [{ app: 'orders' }] }),
    port: port.describe('The stable address that clients use, on 127.0.0.1'),
    readiness: readinessSchema.prefault({}).describe('When a replica may get requests'),
    restartBackoff: durationSchema
      .prefault('1s')
      .describe('How long a killed replica stays down before it is started again'),
  })
  .describe('A service that Plimsoll starts');

const existingServiceSchema = z
  .strictObject({
    address: z
      .string()
      .regex(/^[^:/\s]+:\d+$/, 'write an address like 127.0.0.1:8080')
      .describe('A service that is already running; only network and HTTP faults can be done to it'),
    labels: labelsSchema.prefault({}).describe('What the selectors of faults choose by'),
    port: port.describe('The stable address that clients use, on 127.0.0.1'),
  })
  .describe('A service that the user started');

const localEnvironmentSchema = z
  .strictObject({
    driver: z.literal('local').describe('Processes and ports of this machine'),
    services: z
      .record(serviceName, z.union([managedServiceSchema, existingServiceSchema]))
      .describe('The services, by name; experiments refer to them as {{services.NAME.url}}'),
    stress: z
      .strictObject({
        maxCpuWorkers: z.int().positive().prefault(2).describe('The most CPU workers at once'),
        maxMemory: sizeSchema.prefault('512MiB').describe('The most memory at once'),
      })
      .prefault({})
      .describe('What StressChaos may take of this machine'),
  })
  .describe('An environment on this machine');

/** plimsoll.yaml: where experiments are tried. */
export const configSchema = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Config'),
  reports: z.string().min(1).prefault('reports').describe('Folder of the results, relative to this file'),
  defaultEnvironment: z
    .string()
    .min(1)
    .optional()
    .describe('The environment that runs without --environment use; may be left out where there is one only'),
  environments: z.record(serviceName, localEnvironmentSchema).describe('The environments, by name'),
});

export type ConfigDocument = z.output<typeof configSchema>;
