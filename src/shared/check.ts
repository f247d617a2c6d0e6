/** One line of the doctor. */
export interface Check {
  readonly name: string;
  /** `missing`: something that one can do without, or that cannot be told. `problem`: something that stops a run. */
  readonly status: 'ok' | 'missing' | 'problem';
  readonly detail: string;
  /** Empty where there is nothing to do. */
  readonly remedy: string;
}
