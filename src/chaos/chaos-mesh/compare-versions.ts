import type { Finding } from '../../shared/finding.js';
import type { ChaosDefinition, ComponentPod } from './chaos-mesh-parts.js';
import { minorOf } from './read-version.js';

export interface ChaosMeshVersions {
  readonly controllers: readonly Pick<ComponentPod, 'version'>[];
  readonly daemons: readonly Pick<ComponentPod, 'version'>[];
  /** Undefined where this identity may not see the CRDs. */
  readonly definitions: readonly ChaosDefinition[] | undefined;
}

const UPGRADE =
  'Bring them to one version; Helm never upgrades CRDs by itself: https://chaos-mesh.org/docs/upgrade-to-latest-version/';

/**
 * Whether the parts of Chaos Mesh belong together. With CRDs of another release the API server drops what they do not know,
 * the controller finds its own updates denied (`Cannot update chaos spec`), and no fault is ever injected. What tells
 * no version is compared with nothing.
 */
export function compareVersions({
  controllers,
  daemons,
  definitions = [],
}: ChaosMeshVersions): readonly Finding[] {
  const controller = versionsOf(controllers);
  return [
    ...differing('CRDs', versionsOf(definitions), controller, 'stop'),
    ...differing('chaos-daemon', versionsOf(daemons), controller, 'warning'),
    ...mixed(definitions),
  ];
}

/** Each version there is, once; empty where nobody tells. */
export function versionsOf(parts: readonly { readonly version: string | undefined }[]): readonly string[] {
  return [...new Set(parts.flatMap(({ version }) => version ?? []))].sort();
}

function differing(
  what: string,
  theirs: readonly string[],
  controller: readonly string[],
  ofMinor: Finding['severity'],
): readonly Finding[] {
  if (theirs.length === 0 || controller.length === 0) return [];
  const all = new Set([...theirs, ...controller]);
  if (all.size === 1) return [];
  const isMinor = new Set([...all].map(minorOf)).size > 1;
  const consequence =
    what === 'CRDs'
      ? 'the controller may find its own updates denied (Cannot update chaos spec), and inject nothing'
      : 'the controller may ask the daemon for what it does not know';
  return [
    {
      severity: isMinor ? ofMinor : 'warning',
      code: 'version-mismatch',
      message: `the ${what} of Chaos Mesh are ${theirs.join(' and ')}, its controller is ${controller.join(' and ')}: ${consequence}`,
      remedy: UPGRADE,
    },
  ];
}

/** CRDs that were made by different tools do not come from one release. */
function mixed(definitions: readonly ChaosDefinition[]): readonly Finding[] {
  const byGenerator = new Map<string, string[]>();
  for (const { generator, plural } of definitions) {
    if (generator !== undefined) byGenerator.set(generator, [...(byGenerator.get(generator) ?? []), plural]);
  }
  if (byGenerator.size < 2) return [];
  const groups = [...byGenerator].map(
    ([generator, plurals]) => `controller-gen ${generator} made ${firstOf(plurals)}`,
  );
  return [
    {
      severity: 'warning',
      code: 'version-mismatch',
      message: `the CRDs of Chaos Mesh come from different releases: ${groups.join('; ')}`,
      remedy: UPGRADE,
    },
  ];
}

function firstOf(plurals: readonly string[]): string {
  const shown = plurals.slice(0, 3).join(', ');
  return plurals.length > 3 ? `${shown} and ${plurals.length - 3} more` : shown;
}
