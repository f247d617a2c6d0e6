import type { CommandLoad, PlannedLoad } from '../load-generator.js';

/** What k6 can run. */
export type K6Load = Exclude<PlannedLoad, CommandLoad>;

export function k6LoadOf(load: PlannedLoad): K6Load {
  if (load.kind === 'command') throw new Error('a command was given to the k6 generator');
  return load;
}
