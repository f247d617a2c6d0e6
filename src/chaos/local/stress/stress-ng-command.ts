import type { StressPlan } from '../local-fault.js';

/** By then the parent has ended it, or has ceased to exist and the stress process has seen it. */
const AT_MOST_SECONDS = 24 * 60 * 60;

/**
 * The arguments of stress-ng for a plan. Its memory workers would keep a processor busy each; with an endless hang
 * they only hold what they have written, as the stressor of Chaos Mesh does. They share the bytes.
 */
export function stressNgArguments({ cpu, memory }: StressPlan): readonly string[] {
  return [
    '--quiet',
    ...['--timeout', `${AT_MOST_SECONDS}s`],
    ...(cpu === undefined
      ? []
      : ['--cpu', String(cpu.workers), '--cpu-load', String(cpu.loadPercent), '--cpu-method', 'int64']),
    ...(memory === undefined
      ? []
      : [
          ...['--vm', String(memory.workers), '--vm-bytes', `${memory.bytes}b`],
          ...['--vm-keep', '--vm-hang', '0', '--vm-method', 'zero-one'],
        ]),
  ];
}
