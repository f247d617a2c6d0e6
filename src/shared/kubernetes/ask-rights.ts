import type { KubeClient } from './kube-client.js';
import { KubeError } from './kube-error.js';
import type { Right } from './right.js';
import { grants, readRules, type RulesReview } from './read-rules.js';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

/**
 * Which of the rights the API server grants, in their order. One question for each namespace; where an authorizer does not
 * tell all its rules, one more for each right that is not among them.
 */
export async function askRights(
  client: KubeClient,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  const namespaces = [...new Set(rights.flatMap(({ namespace }) => namespace ?? []))];
  const reviews = new Map(
    await Promise.all(
      namespaces.map(async (namespace) => [namespace, await askRules(client, namespace, signal)] as const),
    ),
  );
  return await Promise.all(
    rights.map(async (right) => {
      // What is granted in a namespace is not granted in the whole cluster.
      const review = right.namespace === undefined ? undefined : reviews.get(right.namespace);
      if (review !== undefined && grants(review, right)) return true;
      // A part of an object may be granted in more ways than by its name.
      const isTold = review?.incomplete === false && !right.resource.plural.includes('/');
      return !isTold && (await askAccess(client, right, signal));
    }),
  );
}

/** Undefined where this API server or identity does not answer such questions. */
async function askRules(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<RulesReview | undefined> {
  const body = reviewOf('SelfSubjectRulesReview', { namespace });
  try {
    const path = `${AUTHORIZATION}/selfsubjectrulesreviews`;
    return readRules((await client.send({ method: 'POST', path, body }, signal)).body);
  } catch (error) {
    if (error instanceof KubeError && error.status >= 400 && error.status < 500) return undefined;
    throw error;
  }
}

async function askAccess(
  client: KubeClient,
  { verb, resource: { group, plural }, namespace }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const [resource, subresource] = plural.split('/');
  const resourceAttributes = { verb, group, resource, subresource, namespace };
  const body = reviewOf('SelfSubjectAccessReview', { resourceAttributes });
  const path = `${AUTHORIZATION}/selfsubjectaccessreviews`;
  const answer = await client.send({ method: 'POST', path, body }, signal);
  return (answer.body as { status?: { allowed?: boolean } }).status?.allowed === true;
}

function reviewOf(kind: string, spec: unknown) {
  return { apiVersion: 'authorization.k8s.io/v1', kind, spec };
}
