/** Something that preflight or the plan found out before anything was touched. */
export interface Finding {
  /** `stop` keeps the run from starting; `warning` is shown and kept in the result. */
  readonly severity: 'stop' | 'warning';
  /** Kebab-case, stable: `port-in-use`, `no-target`, `needs-a-cluster`. */
  readonly code: string;
  /** What was found, and where. */
  readonly message: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly remedy: string;
}
