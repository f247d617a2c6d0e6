import type { PlannedFault } from '../fault-injector.js';
import { nativeKindOf } from '../native-kinds.js';
import { selectsPods } from './chaos-kinds.js';
import { choiceOf } from './choose-pods.js';
import { allowedNamespaces, type ClusterConfig } from './cluster-config.js';
import { readDrainSpec } from './native/drain-spec.js';
import { namespacesOf } from './select-pods.js';

/** Where a fault may have its targets: a drain in every namespace that the environment allows, unless it names some. */
export function targetNamespaces(
  config: ClusterConfig,
  { manifest, ...fault }: PlannedFault,
): readonly string[] {
  if (nativeKindOf(manifest) === 'NodeDrain') {
    return readDrainSpec(manifest).pods.namespaces ?? allowedNamespaces(config);
  }
  const own = manifest.metadata?.namespace ?? config.namespace;
  return selectsPods(manifest) ? namespacesOf(choiceOf({ manifest, ...fault }).selector, own) : [own];
}
