/** One of `matchExpressions`, as Kubernetes has them. */
export interface LabelExpression {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  readonly operator: string;
  readonly values?: readonly string[];
}

/** The selector of a Chaos Mesh object, as its CRDs have it. */
export interface PodSelector {
  readonly namespaces?: readonly string[];
  readonly labelSelectors?: Readonly<Record<string, string>>;
  readonly expressionSelectors?: readonly LabelExpression[];
  readonly annotationSelectors?: Readonly<Record<string, string>>;
  readonly fieldSelectors?: Readonly<Record<string, string>>;
  readonly podPhaseSelectors?: readonly string[];
  readonly nodes?: readonly string[];
  readonly nodeSelectors?: Readonly<Record<string, string>>;
  /** Pod names by namespace. */
  readonly pods?: Readonly<Record<string, readonly string[]>>;
}

export const SELECTION_MODES = ['one', 'all', 'fixed', 'fixed-percent', 'random-max-percent'] as const;
export type SelectionMode = (typeof SELECTION_MODES)[number];

/** A chaos object exactly as kubectl would take it. Only what Plimsoll itself reads is typed. */
export interface ChaosManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}
