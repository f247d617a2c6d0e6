/** Loads that put an identifier into every address would fill every table: what comes later is one endpoint. */
const MOST_ENDPOINTS = 500;
export const OTHER_ENDPOINTS = 'other endpoints';

/** The endpoints of a load by index, in the order of their first appearance. */
export interface EndpointNames {
  indexOf(name: string): number;
  /** Names that are new since the last time. */
  takeNew(): readonly string[];
}

export function createEndpointNames(): EndpointNames {
  const indexes = new Map<string, number>();
  let fresh: string[] = [];
  return {
    indexOf(wanted) {
      const known = indexes.get(wanted);
      if (known !== undefined) return known;
      const name = indexes.size < MOST_ENDPOINTS ? wanted : OTHER_ENDPOINTS;
      const index = indexes.get(name) ?? indexes.size;
      if (index === indexes.size) {
        indexes.set(name, index);
        fresh.push(name);
      }
      return index;
    },
    takeNew() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
  };
}
