import type { LabelExpression, PodSelector } from './manifest.js';

/** A pod or a replica, as a selector sees it. */
export interface Candidate {
  /** The pod's or the replica's name. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether labels, expressions and names of a selector all hold. Its other fields are for whoever knows nodes and namespaces. */
export function matchesSelector(selector: PodSelector, candidate: Candidate): boolean {
  const { labelSelectors = {}, expressionSelectors = [], pods } = selector;
  return (
    Object.entries(labelSelectors).every(([key, value]) => candidate.labels[key] === value) &&
    expressionSelectors.every((expression) => matchesExpression(expression, candidate.labels)) &&
    (pods === undefined || Object.values(pods).some((names) => names.includes(candidate.id)))
  );
}

function matchesExpression(
  { key, operator, values = [] }: LabelExpression,
  labels: Readonly<Record<string, string>>,
): boolean {
  const label = labels[key];
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn': // as Kubernetes has it, what lacks the label is not in the set either
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return false;
  }
}
