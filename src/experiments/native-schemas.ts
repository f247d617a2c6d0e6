import { z } from 'zod';
import type { NativeKind } from '../chaos/native-kinds.js';
import { manifestDuration, podSelection, podSelector } from './chaos-schemas.js';

// The specs of the faults that Plimsoll carries out on a cluster by itself.

const gracePeriodSeconds = z
  .int()
  .min(0)
  .optional()
  .describe('How long each evicted pod may take to end; default: as long as it asks for itself');

const labels = z.record(z.string(), z.string());

const podEviction = z.strictObject({
  selector: podSelection.selector.describe('Which pods, as in Chaos Mesh'),
  mode: podSelection.mode.describe('How many of them'),
  value: podSelection.value.describe('The count or percentage of the mode, as text'),
  gracePeriodSeconds,
});

const nodeDrain = z
  .strictObject({
    nodes: z.array(z.string().min(1)).min(1).optional().describe('The nodes, by name'),
    nodeSelector: labels
      .refine((value) => Object.keys(value).length > 0, 'name at least one label, such as pool: blue')
      .optional()
      .describe('The nodes, by their labels')
      .meta({ minProperties: 1, examples: [{ 'node-pool': 'blue' }] }),
    mode: podSelection.mode.describe('How many of these nodes'),
    value: podSelection.value.describe('The count or percentage of the mode, as text'),
    pods: z
      .strictObject({
        namespaces: z.array(z.string().min(1)).min(1).optional().describe('Only pods of these namespaces'),
        labelSelectors: podSelector.shape.labelSelectors.describe('Only pods with these labels'),
        expressionSelectors: podSelector.shape.expressionSelectors.describe(
          'Only pods whose labels are like this',
        ),
      })
      .optional()
      .describe('Which pods on the nodes; default: all but those of DaemonSets and of the kubelet itself'),
    gracePeriodSeconds,
    timeout: manifestDuration
      .optional()
      .describe('How long all evictions together may take; default: deadlines.inject'),
    deleteEmptyDirData: z
      .boolean()
      .optional()
      .describe('Evicts pods with emptyDir volumes, too: what is in there is lost'),
    allowLastNode: z
      .boolean()
      .optional()
      .describe('Drains even where no other node could take the pods; the rest stays pending meanwhile'),
  })
  .refine(({ nodes, nodeSelector }) => (nodes === undefined) !== (nodeSelector === undefined), {
    when: ({ value }) => typeof value === 'object' && value !== null,
    message: 'a NodeDrain has either "nodes" or "nodeSelector"',
  })
  .meta({ oneOf: [{ required: ['nodes'] }, { required: ['nodeSelector'] }] });

const SPECS: Readonly<Record<NativeKind, z.ZodType>> = { PodEviction: podEviction, NodeDrain: nodeDrain };

/** The spec of a fault of Plimsoll's own. */
export function nativeSpec(kind: NativeKind): z.ZodType {
  return SPECS[kind];
}
