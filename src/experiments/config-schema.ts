import { z } from 'zod';
import { CLUSTER_REACHES } from '../chaos/chaos-mesh/cluster-config.js';
import { labelsSchema } from './experiment-schema.js';
import { prometheusConfigSchema } from './prometheus-config-schema.js';
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
    prometheus: prometheusConfigSchema.optional().describe('Where objectives read metrics of services'),
    stress: z
      .strictObject({
        maxCpuWorkers: z.int().positive().prefault(2).describe('The most CPU workers at once'),
        maxMemory: sizeSchema.prefault('512MiB').describe('The most memory at once'),
      })
      .prefault({})
      .describe('What StressChaos may take of this machine'),
  })
  .describe('An environment on this machine');

const clusterServiceSchema = z.union([
  z
    .strictObject({
      service: z
        .string()
        .regex(/^([a-z0-9][-a-z0-9]*\/)?[a-z0-9][-a-z0-9]*$/, 'write a Service like orders or shop/orders')
        .describe('A Service of the cluster; "reach" of the environment says how this machine gets to it'),
      port: port.describe('A port of the Service'),
    })
    .describe('A Service of the cluster'),
  z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'write an address like https://shop.example.com' })
        .describe('Where clients reach it'),
    })
    .describe('A service that is reached from outside, such as through an ingress'),
]);

const resourcesSchema = z.strictObject({
  requests: labelsSchema.optional(),
  limits: labelsSchema.optional(),
});

/** Pods of k6 that no other load of the node should starve. */
const DEFAULT_REQUESTS = { cpu: '500m', memory: '256Mi' };

const runnersConfigSchema = z
  .strictObject({
    engine: z
      .enum(['job', 'k6-operator'])
      .prefault('job')
      .describe('Who makes the pods: Kubernetes of a Job, or an installed k6-operator of a TestRun'),
    namespace: serviceName
      .optional()
      .describe('Where the pods run; default: the namespace of the environment. No fault may select them'),
    image: z
      .string()
      .min(1)
      .optional()
      .describe('k6 with a shell; default: grafana/k6 in the version of the k6 beside Plimsoll')
      .meta({ examples: ['registry.example.com/grafana/k6:2.2.0'] }),
    imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional().describe('As Kubernetes has it'),
    imagePullSecrets: z.array(z.string().min(1)).prefault([]).describe('Names of Secrets for the registry'),
    serviceAccount: z.string().min(1).optional().describe('Of the pods; its token is not mounted'),
    nodeSelector: labelsSchema.prefault({}).describe('Labels of the nodes that they run on'),
    tolerations: z.array(z.record(z.string(), z.unknown())).prefault([]).describe('As Kubernetes has them'),
    labels: labelsSchema.prefault({}).describe("Labels of the pods, on top of Plimsoll's own"),
    resources: resourcesSchema
      .prefault({ requests: DEFAULT_REQUESTS })
      .describe('As Kubernetes has them; a limit of processor time would delay requests'),
  })
  .describe('How the pods of a load with "runners" are run');

const kubernetesEnvironmentSchema = z
  .strictObject({
    driver: z.literal('kubernetes').describe('A cluster with Chaos Mesh'),
    prometheus: prometheusConfigSchema.optional().describe('Where objectives read metrics of services'),
    kubeconfig: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A kubeconfig, relative to this file; default: KUBECONFIG, ~/.kube/config, or the service account of the pod',
      ),
    context: z.string().min(1).optional().describe('A context of the kubeconfig; default: its current one'),
    namespace: serviceName
      .prefault('default')
      .describe('For chaos objects, and for selectors and services that name none'),
    impersonate: z
      .strictObject({
        user: z.string().min(1).describe('Such as system:serviceaccount:shop:resilience'),
        groups: z.array(z.string().min(1)).prefault([]).describe('Groups of this user'),
      })
      .optional()
      .describe('The API server and Chaos Mesh judge this identity in place of the one of the kubeconfig'),
    guards: z
      .strictObject({
        namespaces: z
          .array(serviceName)
          .min(1)
          .optional()
          .describe('Where faults may be put in; default: only the namespace above'),
        maxTargets: z.int().positive().optional().describe('The most pods that one fault may hit'),
        maxPercent: z
          .number()
          .positive()
          .max(100)
          .prefault(100)
          .describe("The largest share of a Service's ready pods that one fault may hit, in percent"),
        minHealthy: z
          .int()
          .min(0)
          .prefault(1)
          .describe('Ready pods of each Service that a fault which takes pods down must leave alone'),
      })
      .prefault({})
      .describe('What no experiment may exceed here'),
    runners: runnersConfigSchema.prefault({}),
    reach: z
      .enum(CLUSTER_REACHES)
      .prefault('auto')
      .describe(
        'How this machine reaches Services: dns (by name, in a pod), address (by their own address, on a node), forward (a port-forward through the API server); auto: dns in a pod of this cluster, else forward',
      ),
    services: z
      .record(serviceName, clusterServiceSchema)
      .prefault({})
      .describe('The services, by name; experiments refer to them as {{services.NAME.url}}'),
  })
  .describe('An environment on a cluster');

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
  environments: z
    .record(
      serviceName,
      z.discriminatedUnion('driver', [localEnvironmentSchema, kubernetesEnvironmentSchema]),
    )
    .describe('The environments, by name'),
});

export type ConfigDocument = z.output<typeof configSchema>;
