import type { HttpLoad, K6ScriptLoad, PlannedLoad } from '../load-generator.js';

/** What k6 can run. */
export type K6Load = HttpLoad | K6ScriptLoad;

export function k6LoadOf(load: PlannedLoad): K6Load {
  if (load.kind !== 'http' && load.kind !== 'k6-script')
    throw new Error(`a load of kind ${load.kind} was given to the k6 generator`);
  return load;
}
