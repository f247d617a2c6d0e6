import { ALL_ENDPOINTS } from './measurement.js';

/** Where the requests of all endpoints beyond the table's size are counted together. */
export const OTHER_ENDPOINTS = '(other endpoints)';
/** The value of a tag that no objective names. */
export const OTHER_VALUE = '(other)';

/** A service that has ids in its endpoints' names would fill the memory; this many names are kept apart. */
const MOST_ENDPOINTS = 1000;

export type EndpointTags = Readonly<Record<string, string>>;

/** What requests are told apart by: the name of their endpoint, and the tags that objectives name. */
export interface Endpoint {
  readonly name: string;
  readonly tags: EndpointTags;
}

export const NO_TAGS: EndpointTags = {};

/** The endpoints by index, in order of their first appearance. */
export interface EndpointTable {
  readonly all: readonly Endpoint[];
  /** The index of a name with its tags; the same gives the same index. */
  indexOf(name: string, tags?: EndpointTags): number;
}

/** @param onNew called with each endpoint that gets an index, in order */
export function createEndpointTable(
  onNew: (endpoint: Endpoint) => void = () => undefined,
  most = MOST_ENDPOINTS,
  /** Names that are kept apart however many there are. */
  reserved: readonly string[] = [],
): EndpointTable {
  const all: Endpoint[] = [];
  const indexes = new Map<string, number>();
  const add = (name: string, tags: EndpointTags, key: string): number => {
    indexes.set(key, all.length);
    all.push({ name, tags });
    onNew({ name, tags });
    return all.length - 1;
  };
  return {
    all,
    indexOf(name, tags = NO_TAGS) {
      const kept = name === ALL_ENDPOINTS ? `endpoint ${name}` : name;
      const key = keyOf(kept, tags);
      const known = indexes.get(key);
      if (known !== undefined) return known;
      if (all.length < most - 1 || reserved.includes(kept)) return add(kept, tags, key);
      const otherKey = keyOf(OTHER_ENDPOINTS, tags);
      return indexes.get(otherKey) ?? add(OTHER_ENDPOINTS, tags, otherKey);
    },
  };
}

function keyOf(name: string, tags: EndpointTags): string {
  return JSON.stringify([name, tags]);
}
