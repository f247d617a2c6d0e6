import type { Resource } from './object-path.js';

export interface Right {
  readonly verb: string;
  /** Of a part of an object: `pods/exec`. */
  readonly resource: Resource;
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
  /** What the run lacks without it; undefined: there is no run without it. */
  readonly without?: string;
}

/** @param namespace undefined: in the whole cluster */
export function grant(
  resource: Resource,
  verbs: readonly string[],
  namespace: string | undefined,
  without?: string,
): readonly Right[] {
  return verbs.map((verb) => ({ verb, resource, namespace, ...(without === undefined ? {} : { without }) }));
}

/** As kubectl has it: `jobs.batch`, `pods/exec`. */
export function nameOf({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}
