import type http from 'node:http';
import type { ClusterAccess } from '../../src/chaos/chaos-mesh/cluster-access.js';
import type { ClusterConfig } from '../../src/chaos/chaos-mesh/cluster-config.js';
import type { KubeObject } from '../../src/shared/kubernetes/kube-client.js';
import type { RunEvent } from '../../src/shared/run-event.js';
import type { Clock } from '../../src/shared/time.js';
import { createAutoClock } from './auto-clock.js';
import { answer, type FakeApiServer, openFakeApiServer, stream } from './fake-api-server.js';

type Stored = KubeObject & { readonly metadata: { readonly resourceVersion: string } };
/** Returns whether it has answered. */
type Interception = (request: string, response: http.ServerResponse) => boolean;

/** Nodes and pods behind a real wire, that can be listed, watched, patched and evicted. */
export interface FakeCluster {
  readonly server: FakeApiServer;
  readonly clock: Clock;
  readonly events: RunEvent[];
  access(
    more?: Partial<ClusterAccess> & { readonly guards?: Partial<ClusterConfig['guards']> },
  ): ClusterAccess;
  node(name: string): KubeObject | undefined;
  pods(): readonly KubeObject[];
  putNode(node: KubeObject): void;
  putPod(pod: KubeObject): void;
  removePod(name: string): void;
  /** Answers in place of the cluster, before anything is carried out. */
  intercept(interception: Interception): void;
  /** A pod that is evicted goes at once, and another comes; false: nothing comes. */
  replaces(isReplaced: boolean): void;
}

export function aNode(
  name: string,
  more: Partial<KubeObject['metadata']> & { unschedulable?: boolean } = {},
): KubeObject {
  const { unschedulable, ...metadata } = more;
  return {
    metadata: { name, labels: { pool: 'blue' }, ...metadata },
    spec: unschedulable === undefined ? {} : { unschedulable },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** A ready pod of shop, as the API has it. */
export function aPodObject(
  name: string,
  node = 'node-a',
  more: Partial<KubeObject['metadata']> = {},
): KubeObject {
  return {
    metadata: {
      ...{ name, namespace: 'shop', uid: `uid-of-${name}`, labels: { app: 'orders' } },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'orders', uid: 'rs', controller: true }],
      ...more,
    },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

export async function openFakeCluster(
  nodes: readonly KubeObject[],
  pods: readonly KubeObject[],
  budgets: readonly KubeObject[] = [],
): Promise<FakeCluster> {
  let version = 1;
  let replacing = true;
  const stores = { nodes: new Map<string, Stored>(), pods: new Map<string, Stored>() };
  const watches = new Set<{
    readonly store: keyof typeof stores;
    readonly label: string;
    readonly response: http.ServerResponse;
  }>();
  const interceptions: Interception[] = [];
  const events: RunEvent[] = [];
  const clock = createAutoClock();

  function put(store: keyof typeof stores, object: KubeObject, type = 'MODIFIED'): Stored {
    version += 1;
    const stored: Stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const before = stores[store].get(object.metadata.name);
    if (type === 'DELETED') stores[store].delete(object.metadata.name);
    else stores[store].set(object.metadata.name, stored);
    for (const watch of watches) {
      if (watch.store !== store) continue;
      const matches = hasLabel(stored, watch.label);
      if (matches) stream(watch.response, { type, object: stored });
      else if (before !== undefined && hasLabel(before, watch.label)) {
        stream(watch.response, { type: 'DELETED', object: stored });
      }
    }
    return stored;
  }
  for (const node of nodes) put('nodes', node);
  for (const pod of pods) put('pods', pod);

  function evict(name: string, response: http.ServerResponse, uid: unknown): void {
    const pod = stores.pods.get(name);
    if (pod === undefined || pod.metadata.uid !== uid) {
      refuse(response, pod === undefined ? 404 : 409, 'no such pod');
      return;
    }
    answer(response, { kind: 'Status', status: 'Success' }, 201);
    put('pods', { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    put('pods', pod, 'DELETED');
    if (replacing) put('pods', aPodObject(`${name}-again`), 'ADDED');
  }

  const server = await openFakeApiServer((request, response) => {
    if (interceptions.some((intercept) => intercept(request, response))) return;
    const [method = '', url = ''] = request.split(' ', 2);
    const { pathname, searchParams } = new URL(url.replaceAll('+', ' '), 'http://fake');
    const [, name = ''] = /\/nodes\/([^/]+)$/.exec(pathname) ?? [];
    const [, evicted] = /\/pods\/([^/]+)\/eviction$/.exec(pathname) ?? [];
    const body = server.last.body === '' ? {} : (JSON.parse(server.last.body) as Record<string, unknown>);
    const store = /\/(nodes|pods)$/.exec(pathname)?.[1] as keyof typeof stores | undefined;
    const label = searchParams.get('labelSelector') ?? '';
    const node = stores.nodes.get(name);
    if (evicted !== undefined) {
      const { preconditions, dryRun } = body.deleteOptions as {
        preconditions: { uid: string };
        dryRun?: string[];
      };
      if (dryRun === undefined) evict(evicted, response, preconditions.uid);
      else answer(response, {}, 201);
    } else if (name !== '' && node === undefined) refuse(response, 404, 'no such node');
    else if (node !== undefined && method === 'PATCH') {
      const asked = (body.metadata as { resourceVersion?: string } | undefined)?.resourceVersion;
      if (asked === node.metadata.resourceVersion)
        answer(response, put('nodes', merge(node, body) as KubeObject));
      else refuse(response, 409, 'the object has been modified');
    } else if (node !== undefined) answer(response, node);
    else if (store !== undefined && searchParams.has('watch')) {
      stream(response);
      watches.add({ store, label, response });
    } else if (store !== undefined) {
      const on = /^spec.nodeName=(.*)$/.exec(searchParams.get('fieldSelector') ?? '')?.[1];
      const items = [...stores[store].values()].filter(
        (object) => hasLabel(object, label) && (on === undefined || object.spec?.nodeName === on),
      );
      answer(response, { items, metadata: { resourceVersion: String(version) } });
    } else if (pathname.endsWith('/poddisruptionbudgets')) answer(response, { items: budgets, metadata: {} });
    else if (pathname.endsWith('/services')) answer(response, { items: [], metadata: {} });
    else if (pathname.endsWith('rulesreviews'))
      answer(response, { status: { resourceRules: [ANYTHING] } }, 201);
    else if (pathname.endsWith('reviews')) answer(response, { status: { allowed: true } }, 201);
    else refuse(response, 404, `nothing is known of ${request}`);
  });

  return {
    server,
    clock,
    events,
    access: ({ guards, ...more } = {}) => ({
      ...{ client: server.client, clock, runId: 'run-1', leaseMs: 60_000, recoverDeadlineMs: 20_000 },
      config: { namespace: 'shop', guards: { maxPercent: 100, minHealthy: 0, ...guards }, services: {} },
      forwarded: [],
      logger: { debug: () => undefined, warn: () => undefined },
      onEvent: (event) => events.push(event),
      runners: undefined,
      ...more,
    }),
    node: (name) => stores.nodes.get(name),
    pods: () => [...stores.pods.values()],
    putNode: (node) => put('nodes', node),
    putPod: (pod) => put('pods', pod),
    removePod: (name) => {
      const pod = stores.pods.get(name);
      if (pod !== undefined) put('pods', pod, 'DELETED');
    },
    intercept: (interception) => interceptions.push(interception),
    replaces: (isReplaced) => (replacing = isReplaced),
  };
}

/** The rule of an identity that may do all. */
const ANYTHING = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

/** A refusal as the API server words it. */
export function refuse(
  response: http.ServerResponse,
  code: number,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): void {
  answer(response, { kind: 'Status', code, message, reason: '', details }, code);
}

/** What the Eviction API answers where a budget does not allow it. */
export function refuseByBudget(response: http.ServerResponse, retryAfterSeconds = 0): void {
  const causes = [
    {
      reason: 'DisruptionBudget',
      message: 'The disruption budget orders needs 2 healthy pods and has 2 currently',
    },
  ];
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  refuse(response, 429, message, { causes, ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) });
}

function hasLabel({ metadata }: KubeObject, selector: string): boolean {
  return selector
    .split(',')
    .filter(Boolean)
    .every((part) => {
      const [key = '', value] = part.split('=');
      const label = metadata.labels?.[key];
      return value === undefined ? label !== undefined : label === value;
    });
}

/** A JSON merge patch. */
function merge(into: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null) return patch;
  const merged = new Map(Object.entries((into ?? {}) as Record<string, unknown>));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, merge(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
