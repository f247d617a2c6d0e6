import type { Check } from '../../../shared/check.js';
import type { KubeClient } from '../../../shared/kubernetes/kube-client.js';
import { KubeError } from '../../../shared/kubernetes/kube-error.js';
import { checkClock } from '../check-clock.js';
import type { ClusterAccess } from '../cluster-access.js';
import { allowedNamespaces } from '../cluster-config.js';
import { listChaosKinds } from '../list-chaos.js';
import { noChaosMesh } from '../preflight-cluster.js';
import { remedyFor } from '../remedy-for.js';
import { resolveServices } from '../resolve-services.js';
import { examineChaosMesh } from './examine-chaos-mesh.js';
import { examineNamespaces } from './examine-namespaces.js';
import { examineRights, type RightsTable } from './examine-rights.js';
import { checkOf, missing, ok, problem } from './make-check.js';

export interface ClusterExamination {
  readonly checks: readonly Check[];
  readonly rights: readonly RightsTable[];
}

export interface ExaminationOptions extends Pick<ClusterAccess, 'client' | 'config' | 'clock'> {
  /** As `--environment` names it. */
  readonly environment: string;
  /** Runs of this machine that go on. */
  readonly living: readonly string[];
}

/** All that preflight would look at without an experiment, and whatever it would find. Changes nothing. */
export async function examineCluster(
  options: ExaminationOptions,
  signal: AbortSignal,
): Promise<ClusterExamination> {
  const { client, config, environment, living } = options;
  const { kubectl } = client;
  const [server, reached] = await examineServer(options, signal);
  if (!reached) return { checks: server, rights: [] };
  const rights: RightsTable[] = [];
  const namespaces = allowedNamespaces(config);
  const parts = await Promise.all([
    orCheck('identity', kubectl, async () => [await findIdentity(client, signal)]),
    orCheck('services', kubectl, async () => await examineServices(options, signal)),
    orCheck('Chaos Mesh', kubectl, async () => {
      const kinds = await listChaosKinds(client, signal);
      if (kinds === undefined) return [checkOf('Chaos Mesh', noChaosMesh(client.server))];
      const examined = await Promise.all([
        orCheck('Chaos Mesh', kubectl, async () => await examineChaosMesh(client, signal)),
        orCheck('rights', kubectl, async () => {
          const each = await Promise.all(
            namespaces.map(async (namespace) => await examineRights(client, kinds, namespace, signal)),
          );
          rights.push(...each.map(({ table }) => table));
          const scope = { namespaces, kinds, living, environment, rights };
          const there = await orCheck(
            'faults',
            kubectl,
            async () => await examineNamespaces(options, scope, signal),
          );
          return [...there, ...each.flatMap(({ checks }) => checks)];
        }),
      ]);
      return examined.flat();
    }),
  ]);
  return { checks: [...server, ...parts.flat()], rights };
}

async function examineServer(
  options: ExaminationOptions,
  signal: AbortSignal,
): Promise<readonly [checks: readonly Check[], reached: boolean]> {
  const { client } = options;
  try {
    const { serverVersion, offset, findings } = await checkClock(options, signal);
    const clock =
      findings.length > 0
        ? findings.map((finding) => checkOf('clock', finding))
        : [
            offset === undefined
              ? missing('clock', 'the API server does not say what time it is')
              : ok('clock', `offset of the API server: ${offset}`),
          ];
    return [[ok('API server', `${serverVersion} at ${client.server}`), ...clock], true];
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const remedy = remedyFor(error, client.kubectl);
    return [[problem('API server', `${client.server}: ${error.message}`, remedy)], false];
  }
}

/** Who the API server takes this identity for; it tells since Kubernetes 1.28. */
async function findIdentity(client: KubeClient, signal: AbortSignal): Promise<Check> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const answer = await client.send({ method: 'POST', path, body }, signal);
    const { userInfo } = (answer.body as { status?: { userInfo?: UserInfo } }).status ?? {};
    const { username = 'somebody without a name', groups = [] } = userInfo ?? {};
    return ok('identity', `${username}${groups.length === 0 ? '' : ` (${groups.join(', ')})`}`);
  } catch (error) {
    if (!(error instanceof KubeError) || (error.status !== 404 && error.status !== 403)) throw error;
    return missing('identity', `the API server does not tell who this is: ${error.message}`);
  }
}

interface UserInfo {
  readonly username?: string;
  readonly groups?: readonly string[];
}

async function examineServices(
  { client, config }: ExaminationOptions,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const resolved = await resolveServices(client, config, Object.keys(config.services), signal);
  const findings = resolved.flatMap((each) => (each.status === 'unknown' ? [each.finding] : []));
  const found = resolved.map((each) =>
    each.status === 'to-forward'
      ? `${each.name} by a port-forward`
      : `${each.service.name} at ${each.service.url}`,
  );
  return [
    ...findings.map((finding) => checkOf('services', finding)),
    ...(found.length === 0 || findings.length > 0 ? [] : [ok('services', found.join(', '))]),
  ];
}

/** One check that could not be made must not hide what the others find. */
async function orCheck(
  name: string,
  kubectl: string,
  check: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [problem(name, error.message, remedyFor(error, kubectl))];
  }
}
