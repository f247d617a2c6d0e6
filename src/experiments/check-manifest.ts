import { didYouMean } from '../shared/nearest-name.js';
import { CHAOS_KINDS, CHAOS_SPECS } from './chaos-schemas.js';
import { parseDescribed } from './parse-described.js';
import { type DocumentIssue, type DocumentPath, isFields, pathName } from './document-issue.js';

/** What is wrong with the spec of a Chaos Mesh object that stands at `base` of a document. */
export function checkManifest(manifest: unknown, base: DocumentPath): readonly DocumentIssue[] {
  if (!isFields(manifest)) return [];
  const { apiVersion, kind, spec } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  if (!apiVersion.startsWith('chaos-mesh.org/')) {
    const message = `apiVersion must be one of Chaos Mesh, such as "chaos-mesh.org/v1alpha1", not "${apiVersion}"`;
    return [{ path: [...base, 'apiVersion'], at: 'value', message }];
  }
  if (!CHAOS_KINDS.includes(kind)) {
    const message = `"${kind}" is no kind of fault in Chaos Mesh${didYouMean(kind, CHAOS_KINDS)}`;
    return [{ path: [...base, 'kind'], at: 'value', message }];
  }
  const schema = CHAOS_SPECS[kind];
  if (schema === undefined || !isFields(spec)) return [];
  const nameOf = (path: DocumentPath) => `${kind} ${pathName(['spec', ...path], '')}`;
  const { issues } = parseDescribed(schema, spec, nameOf);
  return [...issues, ...checkSpec(kind, spec)].map((issue) => ({
    ...issue,
    path: [...base, 'spec', ...issue.path],
  }));
}

/** What no single field shows. Paths are relative to the spec. */
function checkSpec(kind: string, spec: Readonly<Record<string, unknown>>): readonly DocumentIssue[] {
  const target = isFields(spec.target) ? checkValue(spec.target, ['target']) : [];
  return [...checkValue(spec, []), ...target, ...checkParts(kind, spec)];
}

/** `value` belongs to the modes that count, and is a number in quotes: the CRD refuses anything else. */
function checkValue(
  selection: Readonly<Record<string, unknown>>,
  base: DocumentPath,
): readonly DocumentIssue[] {
  const { mode, value } = selection;
  const counts = mode === 'fixed' || mode === 'fixed-percent' || mode === 'random-max-percent';
  if (!counts) return [];
  if (value === undefined) {
    return [
      { path: [...base, 'mode'], at: 'value', message: `mode "${mode}" needs a "value", such as value: "1"` },
    ];
  }
  if (typeof value !== 'string') return []; // the schema has said so
  const isCount = /^\d+$/.test(value);
  const message =
    mode === 'fixed'
      ? isCount && Number(value) > 0
        ? undefined
        : 'with mode "fixed", value is the number of targets, such as "1"'
      : isCount && Number(value) > 0 && Number(value) <= 100
        ? undefined
        : `with mode "${mode}", value is a whole percentage from "1" to "100", without the sign`;
  return message === undefined ? [] : [{ path: [...base, 'value'], at: 'value', message }];
}

/** The block of settings that an action cannot do without. */
function checkParts(kind: string, spec: Readonly<Record<string, unknown>>): readonly DocumentIssue[] {
  const has = (field: string) => spec[field] !== undefined;
  const action = typeof spec.action === 'string' ? spec.action : '';
  switch (kind) {
    case 'NetworkChaos': {
      const needsPart = ['delay', 'loss', 'duplicate', 'corrupt', 'bandwidth', 'rate'].includes(action);
      return needsPart && !has(action)
        ? [missingPart(`action "${action}" needs its settings in "${action}"`)]
        : [];
    }
    case 'PodChaos':
      return action === 'container-kill' && !has('containerNames')
        ? [missingPart('action "container-kill" needs "containerNames"')]
        : [];
    case 'StressChaos':
      return isEmptyStress(spec)
        ? [
            {
              path: ['stressors'],
              at: 'key',
              message: 'a StressChaos needs "stressors" with "cpu", "memory" or both',
            },
          ]
        : [];
    case 'HTTPChaos':
      return ['abort', 'delay', 'replace', 'patch'].some(has)
        ? []
        : [{ path: [], at: 'key', message: 'a HTTPChaos needs one of "abort", "delay", "replace", "patch"' }];
    default:
      return [];
  }
}

function missingPart(message: string): DocumentIssue {
  return { path: ['action'], at: 'value', message };
}

function isEmptyStress(spec: Readonly<Record<string, unknown>>): boolean {
  if (spec.stressngStressors !== undefined) return false;
  const stressors = spec.stressors;
  return stressors === undefined || (isFields(stressors) && Object.keys(stressors).length === 0);
}
