import type { KubeObject } from '../../../shared/kubernetes/kube-client.js';

/** One pod behind a port of a Service, as the cluster itself would send connections to it. */
export interface Endpoint {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  /** Of the pod. */
  readonly port: number;
  readonly ready: boolean;
}

/** The pods of one EndpointSlice. */
export interface Slice {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}

interface SliceFields {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
  readonly endpoints?:
    | readonly {
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: {
          readonly kind?: string;
          readonly name?: string;
          readonly namespace?: string;
          readonly uid?: string;
        };
      }[]
    | null;
}

/** @param portName the name of the Service's port; empty where it has none */
export function readSlice(object: KubeObject, portName: string): Slice {
  const { ports, endpoints } = object as KubeObject & SliceFields;
  const port = (ports ?? []).find(({ name = '' }) => name === portName)?.port;
  const { name, namespace = '' } = object.metadata;
  if (port === undefined) return { name, endpoints: [] };
  return {
    name,
    endpoints: (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
      targetRef?.kind === 'Pod' && targetRef.name !== undefined
        ? {
            namespace: targetRef.namespace ?? namespace,
            pod: targetRef.name,
            uid: targetRef.uid ?? '',
            port,
            // Kubernetes leaves it out where it is not known, and means yes.
            ready: conditions?.ready ?? true,
          }
        : [],
    ),
  };
}
