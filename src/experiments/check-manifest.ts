import { isNativeKind, NATIVE_API_VERSION, NATIVE_KINDS } from '../chaos/native-kinds.js';
import { didYouMean, nearestName } from '../shared/nearest-name.js';
import { CHAOS_KINDS, chaosSpec } from './chaos-schemas.js';
import { checkComposite } from './check-composite.js';
import { checkSpecParts } from './check-spec-parts.js';
import { nativeSpec } from './native-schemas.js';
import { parseDescribed } from './parse-described.js';
import { type DocumentIssue, type DocumentPath, isFields, pathName } from './document-issue.js';

/** What is wrong with a Chaos Mesh object, or a fault of Plimsoll's own, that stands at `base` of a document. */
export function checkManifest(manifest: unknown, base: DocumentPath): readonly DocumentIssue[] {
  if (!isFields(manifest)) return [];
  const { apiVersion, kind, spec } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const isOurs = apiVersion === NATIVE_API_VERSION;
  const versionIssue = checkApiVersion(apiVersion, kind);
  if (versionIssue !== undefined)
    return [{ path: [...base, 'apiVersion'], at: 'value', message: versionIssue }];
  const schema = isNativeKind(kind) ? nativeSpec(kind) : chaosSpec(kind);
  if (schema === undefined) return isOurs || isSlip(kind) ? [unknownKind(apiVersion, kind, base)] : [];
  if (!isFields(spec)) return [];
  const nameOf = (path: DocumentPath) => `${kind} ${pathName(['spec', ...path], '')}`;
  const { issues } = parseDescribed(schema, spec, nameOf);
  return [...issues, ...checkSpec(kind, spec)].map((issue) => ({
    ...issue,
    path: [...base, 'spec', ...issue.path],
  }));
}

/** The kind of a manifest that this version does not know: the cluster alone can check its fields. */
export function warnAboutManifest(manifest: unknown, base: DocumentPath): readonly DocumentIssue[] {
  if (!isFields(manifest)) return [];
  const { apiVersion, kind } = manifest;
  const isChaos = typeof apiVersion === 'string' && apiVersion.startsWith('chaos-mesh.org/');
  if (!isChaos || typeof kind !== 'string' || kind === '' || CHAOS_KINDS.includes(kind) || isSlip(kind))
    return [];
  const message = `kind "${kind}" is not known to this version of Plimsoll: its fields are checked by the cluster alone${didYouMean(kind, CHAOS_KINDS)}`;
  return [{ path: [...base, 'kind'], at: 'value', message }];
}

/**
 * Kinds of faults are called SomethingChaos: what is near a known kind without that ending is a slip of the pen, and so
 * is one in other case. A new kind such as NodeChaos may well be near to an old one.
 */
function isSlip(kind: string): boolean {
  if (CHAOS_KINDS.some((known) => known.toLowerCase() === kind.toLowerCase())) return true;
  return !kind.endsWith('Chaos') && nearestName(kind, CHAOS_KINDS) !== undefined;
}

/** Undefined where the version is that of the kind. */
function checkApiVersion(apiVersion: string, kind: string): string | undefined {
  const isOurs = apiVersion === NATIVE_API_VERSION;
  if (!isOurs && !apiVersion.startsWith('chaos-mesh.org/')) {
    return `apiVersion must be one of Chaos Mesh, such as "chaos-mesh.org/v1alpha1", or "${NATIVE_API_VERSION}" of Plimsoll's own faults, not "${apiVersion}"`;
  }
  if (isNativeKind(kind) && !isOurs) {
    return `${kind} is a fault of Plimsoll's own: write apiVersion: ${NATIVE_API_VERSION}`;
  }
  if (isOurs && CHAOS_KINDS.includes(kind)) {
    return `${kind} is a fault of Chaos Mesh: write apiVersion: chaos-mesh.org/v1alpha1`;
  }
  return undefined;
}

function unknownKind(apiVersion: string, kind: string, base: DocumentPath): DocumentIssue {
  const isOurs = apiVersion === NATIVE_API_VERSION;
  const known = isOurs ? NATIVE_KINDS : CHAOS_KINDS;
  const whose = isOurs ? "among Plimsoll's own" : 'in Chaos Mesh';
  const message = `"${kind}" is no kind of fault ${whose}${didYouMean(kind, known)}`;
  return { path: [...base, 'kind'], at: 'value', message };
}

/** What no single field shows. Paths are relative to the spec. */
function checkSpec(kind: string, spec: Readonly<Record<string, unknown>>): readonly DocumentIssue[] {
  const target = isFields(spec.target) ? checkValue(spec.target, ['target']) : [];
  return [
    ...checkValue(spec, []),
    ...target,
    ...checkSpecParts(kind, spec),
    ...checkComposite(kind, spec, checkSpec),
  ];
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
