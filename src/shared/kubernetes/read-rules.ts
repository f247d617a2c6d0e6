import type { Right } from './right.js';

/** One rule of what an identity may do, as a SelfSubjectRulesReview tells it. */
interface ResourceRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface RulesReview {
  readonly resourceRules: readonly ResourceRule[];
  /** Some authorizer could not tell all that it allows: what is not granted here may be granted all the same. */
  readonly incomplete: boolean;
}

export function readRules(body: unknown): RulesReview {
  const { status = {} } = body as {
    readonly status?: {
      readonly resourceRules?: readonly ResourceRule[] | null;
      readonly incomplete?: boolean;
    };
  };
  // What does not tell rules at all has not told that there are none.
  const { resourceRules, incomplete = resourceRules === undefined } = status;
  return { resourceRules: resourceRules ?? [], incomplete };
}

/** Whether a rule grants it for objects of any name. */
export function grants(
  { resourceRules }: RulesReview,
  { verb, resource }: Pick<Right, 'verb' | 'resource'>,
): boolean {
  const has = (values: readonly string[] | undefined, wanted: string) =>
    values !== undefined && (values.includes(wanted) || values.includes('*'));
  return resourceRules.some(
    ({ verbs, apiGroups, resources, resourceNames = [] }) =>
      resourceNames.length === 0 &&
      has(verbs, verb) &&
      has(apiGroups, resource.group) &&
      has(resources, resource.plural),
  );
}
