/** How an environment runs the k6 of distributed loads, as plimsoll.yaml has it. */
export interface RunnersConfig {
  /** `k6-operator`: a TestRun, of which the operator makes the pods. */
  readonly engine: 'job' | 'k6-operator';
  readonly namespace: string;
  /** Undefined: grafana/k6 in the version of the k6 on this machine. */
  readonly image?: string | undefined;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccount?: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Readonly<Record<string, unknown>>[];
  readonly resources: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Labels of the pods, on top of Plimsoll's own: such as a mesh or a cost centre wants. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What all pods of runners carry: no selector of a fault may match them. */
export const RUNNER_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'k6',
  'app.kubernetes.io/component': 'plimsoll-runner',
};
