import type { CommandLoad, GeneratorDescription } from '../load-generator.js';

const BLIND_SPOTS = [
  "The numbers are the command's own: when a request started, how long it took and whether it went well is what the command says, and nobody checks it.",
  'Whether a request counts from when it was due or from when it was sent is the command’s business, and so is whether a stalled service slows the load down with it (coordinated omission).',
  'Requests that the command never prints are not in the numbers: those that still hang when it is stopped, and those that it could not start.',
];
const RELATIVE_BLIND_SPOT =
  'The command counts its times from its own start, which lies later than the start of its process: requests seem to start earlier by that much.';

export function describeCommand({ format }: CommandLoad): GeneratorDescription {
  const isRelative =
    format.kind !== 'k6-json' &&
    format.fields.start.unit !== 'rfc3339' &&
    format.fields.start.epoch === 'command';
  return {
    name: 'command',
    version: '',
    model: 'script',
    blindSpots: isRelative ? [...BLIND_SPOTS, RELATIVE_BLIND_SPOT] : BLIND_SPOTS,
  };
}
