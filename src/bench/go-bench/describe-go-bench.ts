import type { GeneratorDescription } from '../load-generator.js';
import type { GoToolchain } from './go-toolchain.js';

const BLIND_SPOTS = [
  'A benchmark is a closed loop: each operation waits for the one before it, so that a stalled service slows its own load down and hides most of the stall (coordinated omission).',
  "What a benchmark reports, percentiles included, is the benchmark's own word; nobody checks it.",
  'A phase is judged by the median of its readings: what went wrong in fewer than half of them does not show in it.',
  'Nothing is known of single requests: there is no request rate, no error rate and no recovery time, unless the benchmark reports one.',
  'A measuring that reaches over the border of a phase counts nowhere, and so does one that hangs to the end.',
];

export function describeGoBench(go: GoToolchain): GeneratorDescription {
  return {
    name: 'go-bench',
    version: go.status === 'found' ? go.version : 'missing',
    model: 'closed',
    blindSpots: BLIND_SPOTS,
  };
}
