/** An environment on a cluster as plimsoll.yaml has it, parsed. */
export interface ClusterConfig {
  /** Relative to the folder of plimsoll.yaml; undefined: as kubectl finds it. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** For chaos objects, and for selectors and services that name none. */
  readonly namespace: string;
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] } | undefined;
  readonly guards: ClusterGuards;
  /** How this machine reaches the Services that have no url; undefined: `auto`. */
  readonly reach?: ClusterReach | undefined;
  readonly services: Readonly<Record<string, ClusterService>>;
}

/**
 * `dns`: by name, as pods do. `address`: by the address of the Service, as nodes can. `forward`: by a port-forward.
 * `auto`: by name where Plimsoll runs in a pod of this cluster, else by a port-forward.
 */
export const CLUSTER_REACHES = ['auto', 'dns', 'address', 'forward'] as const;
export type ClusterReach = (typeof CLUSTER_REACHES)[number];

/** What no experiment may exceed, whatever it says itself. */
export interface ClusterGuards {
  /** Undefined: only `namespace`. */
  readonly namespaces?: readonly string[] | undefined;
  /** The most pods that one fault may hit. */
  readonly maxTargets?: number | undefined;
  /** The largest share of a Service's pods that one fault may hit, 0 to 100. */
  readonly maxPercent: number;
  /** Ready pods of each Service that a fault which takes pods down must leave alone. */
  readonly minHealthy: number;
}

export type ClusterService =
  | {
      /** `orders`, or `shop/orders`. */
      readonly service: string;
      readonly port: number;
    }
  | { readonly url: string };

/** Never a place for a fault. */
export const FORBIDDEN_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'chaos-mesh'];

export function allowedNamespaces({ namespace, guards }: ClusterConfig): readonly string[] {
  return guards.namespaces ?? [namespace];
}
