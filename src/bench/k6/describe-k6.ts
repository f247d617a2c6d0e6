import type { GeneratorDescription } from '../load-generator.js';
import { describeVersion, type K6Binary } from './find-k6.js';
import type { K6Load } from './k6-load.js';

/** What it shares, by where it runs. */
const PLACES = {
  here: 'It runs on one machine and shares its processors with the harness, and with the service where that is local.',
  runners:
    'Its runners share the nodes of the cluster with whatever else runs there, the service perhaps; the setup() and teardown() of a script run once on each of them.',
};
const BLIND_SPOTS = [
  'A request counts from when its iteration sent it: neither what the script does between its requests, nor how late the iteration itself started, is in its latency. Iterations that found no free virtual user are counted as dropped.',
];
const SCRIPT_BLIND_SPOTS = [
  'Requests of k6/http are measured, those of setup() and teardown() left out; of WebSockets, gRPC and the browser those metrics alone that objectives name.',
  "The script's handleSummary() is not called.",
];
const CLOSED_BLIND_SPOT =
  'In a closed model a stalled service slows the load down with it, so that the percentiles hide the stall (coordinated omission).';

export function describeK6(
  load: K6Load,
  binary: K6Binary,
  place: keyof typeof PLACES = 'here',
): GeneratorDescription {
  const model = load.profile?.model ?? 'script';
  return {
    name: 'k6',
    // Runners have the k6 of their image, and it is read as any other.
    version: place === 'here' ? describeVersion(binary) : binary.version,
    model,
    blindSpots: [
      PLACES[place],
      ...BLIND_SPOTS,
      ...(load.kind === 'k6-script' ? SCRIPT_BLIND_SPOTS : []),
      ...(model === 'closed' ? [CLOSED_BLIND_SPOT] : []),
    ],
  };
}
