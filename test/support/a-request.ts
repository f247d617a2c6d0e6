import type { PlannedRequest } from '../../src/bench/load-generator.js';

/** A planned request with everything defaulted. */
export function aRequest(overrides: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    name: 'GET /',
    method: 'GET',
    url: 'http://127.0.0.1:1/',
    headers: {},
    weight: 1,
    expectStatus: { min: 200, max: 399 },
    ...overrides,
  };
}
