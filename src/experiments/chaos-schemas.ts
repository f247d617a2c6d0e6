import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SELECTION_MODES } from '../chaos/manifest.js';
import { packageRoot } from '../shared/package-root.js';
import { parseDuration, UnitError } from '../shared/units.js';
import { DURATION_FORM } from './quantity-schemas.js';
import { type StructuralSchema, zodFromStructural } from './zod-from-structural.js';

// The fields of the Chaos Mesh kinds that Plimsoll looks into, as their CRDs (2.8) have them. The API server drops
// fields it does not know without a word, so a typo there would be a fault that never happens.

export const manifestDuration = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `cannot read ${input}: a duration needs a unit (${input}ms, ${input}s)`
        : undefined,
  })
  .superRefine((text, context) => {
    try {
      parseDuration(text);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      context.addIssue({ code: 'custom', message: `cannot read "${text}": ${error.message}` });
    }
  })
  .meta(DURATION_FORM);

/** A number that the CRD wants as text, from 0 to 100. */
const percent = z
  .string()
  .refine(
    (text) => /^\d+(\.\d+)?$/.test(text.trim()) && Number(text) <= 100,
    'write a percentage as text from "0" to "100", without the sign',
  )
  .meta({ pattern: '^\\s*0*(100(\\.0+)?|\\d{1,2}(\\.\\d+)?)\\s*$', examples: ['50', '12.5'] });

const texts = z.record(z.string(), z.string());

export const podSelector = z.strictObject({
  namespaces: z.array(z.string()).optional(),
  labelSelectors: texts.optional(),
  expressionSelectors: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  annotationSelectors: texts.optional(),
  fieldSelectors: texts.optional(),
  podPhaseSelectors: z.array(z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'])).optional(),
  nodes: z.array(z.string()).optional(),
  nodeSelectors: texts.optional(),
  pods: z.record(z.string(), z.array(z.string())).optional(),
});

export const podSelection = {
  selector: podSelector,
  mode: z.enum(SELECTION_MODES),
  value: z.string().optional(),
};

const common = {
  ...podSelection,
  duration: manifestDuration.optional(),
  remoteCluster: z.string().optional(),
};
const containers = { containerNames: z.array(z.string()).optional() };

const networkChaos = z.strictObject({
  ...common,
  action: z.enum(['delay', 'loss', 'duplicate', 'corrupt', 'partition', 'bandwidth', 'netem']),
  direction: z.enum(['to', 'from', 'both']).optional(),
  target: z.strictObject(podSelection).optional(),
  externalTargets: z.array(z.string()).optional(),
  device: z.string().optional(),
  targetDevice: z.string().optional(),
  partitionBehavior: z.enum(['drop', 'reject']).optional(),
  delay: z
    .strictObject({
      latency: manifestDuration,
      jitter: manifestDuration.optional(),
      correlation: percent.optional(),
      reorder: z.strictObject({ reorder: percent, correlation: percent.optional(), gap: z.int() }).optional(),
    })
    .optional(),
  loss: z.strictObject({ loss: percent, correlation: percent.optional() }).optional(),
  duplicate: z.strictObject({ duplicate: percent, correlation: percent.optional() }).optional(),
  corrupt: z.strictObject({ corrupt: percent, correlation: percent.optional() }).optional(),
  rate: z.strictObject({ rate: z.string() }).optional(),
  bandwidth: z
    .strictObject({
      rate: z
        .string()
        .regex(
          /^\s*\d+(\.\d+)?\s*[kmgtKMGT]?[bB][pP][sS]\s*$/,
          'write a bandwidth like 1mbps or 500kbps (bps are bytes per second)',
        ),
      limit: z.int().positive(),
      buffer: z.int().positive(),
      peakrate: z.int().min(0).optional(),
      minburst: z.int().min(0).optional(),
    })
    .optional(),
});

const podChaos = z.strictObject({
  ...common,
  ...containers,
  action: z.enum(['pod-kill', 'pod-failure', 'container-kill']),
  gracePeriod: z.int().min(0).optional(),
});

const stressChaos = z.strictObject({
  ...common,
  ...containers,
  stressors: z
    .strictObject({
      cpu: z
        .strictObject({
          workers: z.int().positive(),
          load: z.int().min(0).max(100).optional(),
          options: z.array(z.string()).optional(),
        })
        .optional(),
      memory: z
        .strictObject({
          workers: z.int().positive(),
          size: z.string().optional(),
          oomScoreAdj: z.int().min(-1000).max(1000).optional(),
          options: z.array(z.string()).optional(),
        })
        .optional(),
    })
    .optional(),
  stressngStressors: z.string().optional(),
});

const httpChaos = z.strictObject({
  ...common,
  target: z.enum(['Request', 'Response']),
  port: z.int().min(1).max(65535),
  path: z.string().optional(),
  method: z.string().optional(),
  code: z.int().optional(),
  request_headers: texts.optional(),
  response_headers: texts.optional(),
  abort: z.boolean().optional(),
  delay: manifestDuration.optional(),
  replace: z
    .strictObject({
      path: z.string().optional(),
      method: z.string().optional(),
      code: z.int().optional(),
      body: z.string().optional(),
      queries: texts.optional(),
      headers: texts.optional(),
    })
    .optional(),
  patch: z
    .strictObject({
      body: z.strictObject({ type: z.string(), value: z.string() }).optional(),
      queries: z.array(z.array(z.string())).optional(),
      headers: z.array(z.array(z.string())).optional(),
    })
    .optional(),
  tls: z
    .strictObject({
      secretName: z.string(),
      secretNamespace: z.string(),
      certName: z.string(),
      keyName: z.string(),
      caName: z.string().optional(),
    })
    .optional(),
});

/** Kinds whose specs are written here, since that explains more than their CRDs do. */
const WRITTEN: Readonly<Record<string, z.ZodType>> = {
  NetworkChaos: networkChaos,
  PodChaos: podChaos,
  StressChaos: stressChaos,
  HTTPChaos: httpChaos,
};

/** What is explained better here of kinds that are checked by their CRDs. */
const BETTER: Readonly<Record<string, z.ZodType>> = { selector: podSelector, mode: podSelection.mode };

/** All kinds of chaos-mesh.org/v1alpha1 that are faults. */
export const FAULT_KINDS: readonly string[] = [
  ...Object.keys(WRITTEN),
  'AWSChaos',
  'AzureChaos',
  'BlockChaos',
  'DNSChaos',
  'GCPChaos',
  'IOChaos',
  'JVMChaos',
  'KernelChaos',
  'PhysicalMachineChaos',
  'TimeChaos',
];

/** Those, and the kinds that hold them. */
export const CHAOS_KINDS: readonly string[] = [...FAULT_KINDS, 'Schedule', 'Workflow'];

const converted = new Map<string, z.ZodType>();

/** The spec of a kind; undefined for one that this version does not know. */
export function chaosSpec(kind: string): z.ZodType | undefined {
  if (!CHAOS_KINDS.includes(kind)) return undefined;
  const known = WRITTEN[kind] ?? converted.get(kind);
  if (known !== undefined) return known;
  const spec = crdSpec(kind);
  converted.set(kind, spec);
  return spec;
}

function crdSpec(kind: string): z.ZodType {
  const spec = zodFromStructural(pinnedSchema(kind), (reference) => {
    const inner = chaosSpec(reference.replace('.json', ''));
    if (inner === undefined) throw new Error(`${kind} refers to ${reference}, which is not there`);
    return inner;
  });
  if (!(spec instanceof z.ZodObject)) throw new Error(`the spec of ${kind} has no fields`);
  const selectsPods = kind !== 'PhysicalMachineChaos' && 'selector' in spec.shape;
  return spec.extend({
    ...('duration' in spec.shape ? { duration: manifestDuration.optional() } : {}),
    ...(selectsPods ? BETTER : {}),
  });
}

/** The spec of a kind as its CRD has it, from schemas/chaos-mesh/. */
export function pinnedSchema(kind: string): StructuralSchema {
  const file = join(packageRoot, 'schemas', 'chaos-mesh', `${kind}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as StructuralSchema;
}
