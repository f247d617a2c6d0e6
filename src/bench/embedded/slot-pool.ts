/**
 * Which of the virtual users is free. The first `inTurn` of them take turns, so that their connections spread over
 * the replicas behind a balancer and none gets cold; the others help out only while all of those are busy, the
 * latest first, so that a load that once was hard to carry does not leave hundreds of connections half used.
 */
export interface SlotPool {
  take(): number | undefined;
  release(slot: number): void;
}

export function createSlotPool(size: number, inTurn: number): SlotPool {
  const regular = Math.min(size, inTurn);
  // A ring: slots wait in the order in which they became free.
  const ring = Array.from({ length: regular }, (_, slot) => slot);
  let head = 0;
  let waiting = regular;
  const helpers = Array.from({ length: size - regular }, (_, index) => size - 1 - index);

  return {
    take: () => {
      if (waiting === 0) return helpers.pop();
      const slot = ring[head];
      head = (head + 1) % regular;
      waiting -= 1;
      return slot;
    },
    release: (slot) => {
      if (slot >= regular) {
        helpers.push(slot);
        return;
      }
      ring[(head + waiting) % regular] = slot;
      waiting += 1;
    },
  };
}
