import type { Endpoint } from './endpoint.js';

/** Which pod gets the next connection. */
export interface EndpointBalance {
  /** Ready ones, the least used first; of those used alike, the one whose last connection is the longest ago. */
  order(endpoints: readonly Endpoint[]): readonly Endpoint[];
  taken(endpoint: Endpoint): void;
  released(endpoint: Endpoint): void;
}

export function createBalance(): EndpointBalance {
  const open = new Map<string, number>();
  const lastTurn = new Map<string, number>();
  let turns = 0;
  return {
    order: (endpoints) =>
      endpoints
        .filter(({ ready }) => ready)
        .sort(
          (a, b) =>
            (open.get(a.uid) ?? 0) - (open.get(b.uid) ?? 0) ||
            (lastTurn.get(a.uid) ?? 0) - (lastTurn.get(b.uid) ?? 0),
        ),
    taken({ uid }) {
      open.set(uid, (open.get(uid) ?? 0) + 1);
      lastTurn.set(uid, ++turns);
    },
    released({ uid }) {
      open.set(uid, (open.get(uid) ?? 1) - 1);
    },
  };
}
