/** What became of one runner. */
export interface RunnerRecord {
  /** `runner 2 of 8`. */
  readonly name: string;
  readonly pod: string;
  readonly node: string;
  readonly requests: number;
  /** How long after the agreed moment it began. */
  readonly lateMs: number;
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number; readonly driftMs: number };
}
