/** A threshold that a script has among its own options, as it is written there. */
export interface ScriptThreshold {
  /** With its selector where it has one: `http_req_duration{name:POST /orders}`. */
  readonly metric: string;
  /** `p(95)<300`. */
  readonly expression: string;
  readonly abortOnFail: boolean;
}
