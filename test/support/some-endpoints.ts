import { type Endpoint, NO_TAGS } from '../../src/bench/endpoint-table.js';

/** Endpoints with these names, told apart by nothing else. */
export function someEndpoints(...names: readonly string[]): readonly Endpoint[] {
  return names.map((name) => ({ name, tags: NO_TAGS }));
}
