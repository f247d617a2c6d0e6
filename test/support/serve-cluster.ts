import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../src/shared/kubernetes/kube-client.js';
import { answer, openFakeApiServer, type FakeApiServer } from './fake-api-server.js';

/** What is there, by plural, and what goes wrong. */
export interface ServedClusterOptions {
  readonly objects?: Readonly<Record<string, readonly KubeObject[]>>;
  /** Kinds of Chaos Mesh; none: it is not installed. */
  readonly kinds?: readonly string[];
  /** What this identity may do in each namespace. */
  readonly rules?: readonly unknown[];
  readonly incomplete?: boolean;
  /** Requests that are refused for want of a right. */
  readonly forbid?: (request: string) => boolean;
}

const EVERYTHING = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
const KINDS = ['NetworkChaos', 'PodChaos', 'StressChaos', 'Schedule', 'Workflow', 'PodNetworkChaos'];

/** An API server with objects in it: lists by page, label and namespace, reviews of rights, dry runs. */
export async function serveCluster(options: ServedClusterOptions = {}): Promise<FakeApiServer> {
  const {
    objects = {},
    kinds = KINDS,
    rules = EVERYTHING,
    incomplete = false,
    forbid = () => false,
  } = options;
  return await openFakeApiServer((request, response, body) => {
    const [method = '', target = ''] = request.split(' ', 1).concat(request.slice(request.indexOf(' ') + 1));
    const url = new URL(target, 'http://fake');
    if (forbid(request)) {
      answer(
        response,
        { kind: 'Status', code: 403, reason: 'Forbidden', message: `no right: ${request}` },
        403,
      );
    } else if (url.pathname === '/version') answer(response, { gitVersion: 'v1.34.4' });
    else if (url.pathname === '/apis/chaos-mesh.org/v1alpha1') discover(response, kinds);
    else if (url.pathname.endsWith('/selfsubjectreviews')) {
      answer(response, { status: { userInfo: { username: 'jane', groups: ['sre'] } } });
    } else if (url.pathname.endsWith('/selfsubjectrulesreviews')) {
      answer(response, { status: { resourceRules: rules, nonResourceRules: [], incomplete } });
    } else if (url.pathname.endsWith('/selfsubjectaccessreviews')) {
      answer(response, { status: { allowed: incomplete } });
    } else if (method === 'POST') answer(response, JSON.parse(body), 201);
    else find(response, url, objects);
  });
}

/** A pod as the API server has it. */
export function aPodObject(
  name: string,
  more: {
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly node?: string;
    readonly ready?: boolean;
    readonly owner?: string;
    readonly image?: string;
  } = {},
): KubeObject {
  const { namespace = 'shop', labels = { app: 'orders' }, node = 'node-a', ready = true } = more;
  const [kind = '', owner = ''] = (more.owner ?? 'ReplicaSet/orders-7d4f').split('/');
  return {
    metadata: {
      ...{ name, namespace, uid: `uid-of-${name}`, labels },
      ownerReferences: kind === '' ? [] : [{ kind, name: owner, uid: 'uid-of-owner', controller: true }],
    },
    spec: { nodeName: node, containers: [{ name: 'app', image: more.image ?? 'orders:1' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ restartCount: 0 }],
    },
  };
}

/** A pod of Chaos Mesh itself. */
export function aChaosMeshPod(
  component: 'controller-manager' | 'chaos-daemon',
  more: { readonly node?: string; readonly ready?: boolean; readonly version?: string } = {},
): KubeObject {
  const { node = 'node-a', version = 'v2.8.3' } = more;
  return aPodObject(`${component}-${node}`, {
    ...more,
    namespace: 'chaos-mesh',
    labels: { 'app.kubernetes.io/component': component, 'app.kubernetes.io/name': 'chaos-mesh' },
    image: `ghcr.io/chaos-mesh/${component}:${version}`,
  });
}

/** A CRD with no more than what Plimsoll reads of it. */
export function aDefinition(plural: string, generator: string, version?: string): KubeObject {
  return {
    metadata: {
      name: `${plural}.chaos-mesh.org`,
      annotations: { 'controller-gen.kubebuilder.io/version': generator },
      ...(version === undefined ? {} : { labels: { 'app.kubernetes.io/version': version } }),
    },
  };
}

function discover(response: ServerResponse, kinds: readonly string[]): void {
  if (kinds.length === 0) {
    answer(response, { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' }, 404);
    return;
  }
  const plurals: Readonly<Record<string, string>> = { Schedule: 'schedules', Workflow: 'workflows' };
  const resources = kinds.map((kind) => ({
    name: plurals[kind] ?? kind.toLowerCase(),
    kind,
    namespaced: true,
  }));
  answer(response, { resources });
}

function find(
  response: ServerResponse,
  url: URL,
  objects: Readonly<Record<string, readonly KubeObject[]>>,
): void {
  const parts = url.pathname
    .split('/')
    .filter(Boolean)
    .slice(url.pathname.startsWith('/api/') ? 2 : 3);
  const namespace = parts[0] === 'namespaces' ? parts[1] : undefined;
  const [plural = '', name] = namespace === undefined ? parts : parts.slice(2);
  const there = (objects[plural] ?? []).filter(
    ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
  );
  if (name !== undefined) {
    const found = there.find(({ metadata }) => metadata.name === name);
    if (found === undefined) {
      answer(response, { kind: 'Status', code: 404, reason: 'NotFound', message: `${name} not found` }, 404);
    } else answer(response, found);
    return;
  }
  const matched = there.filter(({ metadata }) =>
    matches(url.searchParams.get('labelSelector') ?? '', metadata.labels ?? {}),
  );
  const from = Number(url.searchParams.get('continue') ?? 0);
  const to = from + Number(url.searchParams.get('limit') ?? matched.length);
  answer(response, {
    metadata: { resourceVersion: '1', ...(to < matched.length ? { continue: String(to) } : {}) },
    items: matched.slice(from, to),
  });
}

/** `app=orders,tier in (a,b)`; an expression of another form matches whatever has the label. */
function matches(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const terms = selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return terms.every((term) => {
    const [, key = '', list = ''] = /^(\S+) in \((.*)\)$/.exec(term) ?? [];
    if (key !== '') return list.split(',').includes(labels[key] ?? '');
    const [label = '', value] = term.split('=');
    return value === undefined ? label in labels : labels[label] === value;
  });
}
