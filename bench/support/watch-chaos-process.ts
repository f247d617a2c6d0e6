// A watch of its own on the faults of a namespace, with nothing of Plimsoll's in it but the way to open a connection:
// `node watch-chaos-process.js KUBECONFIG NAMESPACE` prints the name of each NetworkChaos and the moment, by the counter
// that all processes of a machine share, at which Chaos Mesh's record of its injection arrived.
import { createKubeClient } from '../../src/shared/kubernetes/create-kube-client.js';

interface Recorded {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const [kubeconfig = '', namespace = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const path = `/apis/chaos-mesh.org/v1alpha1/namespaces/${namespace}/networkchaos`;
const client = await createKubeClient({ kubeconfig });
const { body } = await client.send({ method: 'GET', path }, signal);
const { resourceVersion } = (body as { readonly metadata: { readonly resourceVersion: string } }).metadata;
const seen = new Set<string>();
process.stdout.write('watching\n');
for await (const { object } of client.watch({ path, query: { resourceVersion } }, 600_000, signal)) {
  const atNs = process.hrtime.bigint();
  const { metadata, status } = object as Recorded;
  const isIn = status?.conditions?.some(
    ({ type, status: value }) => type === 'AllInjected' && value === 'True',
  );
  if (isIn !== true || seen.has(metadata.name)) continue;
  seen.add(metadata.name);
  process.stdout.write(`${metadata.name} ${atNs}\n`);
}
