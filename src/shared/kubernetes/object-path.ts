/** A kind of object as the API's paths have it. */
export interface Resource {
  /** `` for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower case, plural: `networkchaos`, `pods`; of a part of it that has rights of its own: `pods/portforward`. */
  readonly plural: string;
}

export const PODS: Resource = { group: '', version: 'v1', plural: 'pods' };
export const EVICTIONS: Resource = { group: '', version: 'v1', plural: 'pods/eviction' };
export const SERVICES: Resource = { group: '', version: 'v1', plural: 'services' };
export const ENDPOINT_SLICES: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
};
export const NODES: Resource = { group: '', version: 'v1', plural: 'nodes' };
export const POD_EXEC: Resource = { group: '', version: 'v1', plural: 'pods/exec' };
export const SECRETS: Resource = { group: '', version: 'v1', plural: 'secrets' };
export const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps' };
export const TEST_RUNS: Resource = { group: 'k6.io', version: 'v1alpha1', plural: 'testruns' };
export const JOBS: Resource = { group: 'batch', version: 'v1', plural: 'jobs' };
export const EVENTS: Resource = { group: '', version: 'v1', plural: 'events' };
export const BUDGETS: Resource = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' };
export const REPLICA_SETS: Resource = { group: 'apps', version: 'v1', plural: 'replicasets' };
export const DEFINITIONS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
};
export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

/** The path of one object, of all in a namespace, or of all there are. */
export function objectPath(resource: Resource, namespace?: string, name?: string): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
