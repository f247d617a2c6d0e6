import { type Endpoint, type EndpointTags, NO_TAGS, OTHER_VALUE } from '../endpoint-table.js';
import type { LoadReads } from '../load-reads.js';
import { createEndpointNames } from '../process/endpoint-names.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../sample-batch.js';
import { endpointName } from './endpoint-name.js';
import type { RowTags } from './row-taker.js';

/** What the tags of a row stand for. */
export interface KnownEndpoint {
  readonly index: number;
  readonly name: string;
  readonly result: number;
  /** Metrics, by the index of their selector, that the durations of its requests are samples of. */
  readonly metrics: readonly number[];
}

export interface KnownEndpoints {
  of(tags: RowTags): KnownEndpoint;
  /** Endpoints that are new since the last time. */
  takeNew(): readonly Endpoint[];
}

/** Finds out once for each object of tags what it stands for. */
export function createKnownEndpoints(
  reads: LoadReads,
  durationsOf: (tags: RowTags) => readonly number[],
): KnownEndpoints {
  const names = createEndpointNames(reads.endpoints);
  const known = new WeakMap<RowTags, KnownEndpoint>();
  const wantedTags = Object.entries(reads.tags);

  /** Values that nobody names are one, so that a tag with an identifier in it fills no table. */
  function toldApartBy({ all, status }: RowTags): EndpointTags {
    if (wantedTags.length === 0) return NO_TAGS;
    return Object.fromEntries(
      wantedTags.map(([key, values]) => {
        // What was sent and has not ended has no status yet; where it never ends, there was no response.
        const value = key === 'status' ? String(status) : (all[key] ?? '');
        return [key, values.includes(value) ? value : OTHER_VALUE];
      }),
    );
  }

  return {
    of(tags) {
      let endpoint = known.get(tags);
      if (endpoint === undefined) {
        const name = endpointName(tags.name, tags.method);
        const index = names.indexOf(name, toldApartBy(tags));
        endpoint = { index, name, result: resultOf(tags), metrics: durationsOf(tags) };
        known.set(tags, endpoint);
      }
      return endpoint;
    },
    takeNew: () => names.takeNew(),
  };
}

function resultOf({ status, expected }: RowTags): number {
  if (status === 0) return RESULT_NO_RESPONSE;
  // Where the script took the judgement from k6, what k6 does by default.
  return (expected ?? (status >= 200 && status < 400)) ? RESULT_OK : RESULT_FAILED_RESPONSE;
}
