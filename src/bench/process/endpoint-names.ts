import type { Endpoint, EndpointTags } from '../endpoint-table.js';
import { createEndpointTable } from '../endpoint-table.js';

/** Loads that put an identifier into every address would fill every table: what comes later is one endpoint. */
const MOST_ENDPOINTS = 500;

/** The endpoints of a load by index, in the order of their first appearance. */
export interface EndpointNames {
  indexOf(name: string, tags?: EndpointTags): number;
  /** Endpoints that are new since the last time. */
  takeNew(): readonly Endpoint[];
}

/** @param reserved names that are kept apart however many there are */
export function createEndpointNames(reserved: readonly string[] = []): EndpointNames {
  let fresh: Endpoint[] = [];
  const table = createEndpointTable((endpoint) => fresh.push(endpoint), MOST_ENDPOINTS, reserved);
  return {
    indexOf: (name, tags) => table.indexOf(name, tags),
    takeNew() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
  };
}
