import { ALL_ENDPOINTS } from './measurement.js';

/** Where the requests of all endpoints beyond the table's size are counted together. */
export const OTHER_ENDPOINTS = '(other endpoints)';

/** A service that has ids in its endpoints' names would fill the memory; this many names are kept apart. */
const MOST_ENDPOINTS = 1000;

/** The endpoints by index, in order of their first appearance. */
export interface EndpointTable {
  readonly names: readonly string[];
  /** The index of a name; the same name gives the same index. */
  indexOf(name: string): number;
}

/** @param onNew called with each name that gets an index, in order */
export function createEndpointTable(onNew: (name: string) => void = () => undefined): EndpointTable {
  const names: string[] = [];
  const indexes = new Map<string, number>();
  const add = (name: string): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    indexes.set(name, names.length);
    names.push(name);
    onNew(name);
    return names.length - 1;
  };
  return {
    names,
    indexOf(name) {
      const kept = name === ALL_ENDPOINTS ? `endpoint ${name}` : name;
      return indexes.has(kept) || names.length < MOST_ENDPOINTS - 1 ? add(kept) : add(OTHER_ENDPOINTS);
    },
  };
}
