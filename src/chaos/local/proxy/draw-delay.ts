import type { DelayFault } from './proxy-rule.js';

/**
 * Draws one delay after another as netem does it without a distribution: evenly over latency +- jitter, where each
 * random number is `correlation` parts of the last and the rest fresh. Never below 0.
 *
 * @param random numbers from 0 to 1
 */
export function createDelayDraw(
  { latencyMs, jitterMs, correlation }: DelayFault,
  random: () => number,
): () => number {
  let last = random();
  return () => {
    if (jitterMs === 0) return latencyMs;
    last = random() * (1 - correlation) + last * correlation;
    return Math.max(0, latencyMs + (2 * last - 1) * jitterMs);
  };
}
