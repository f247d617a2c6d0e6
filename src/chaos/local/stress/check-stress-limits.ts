import type { Finding } from '../../../shared/finding.js';
import { formatCount } from '../../../shared/units.js';
import type { StressLimits } from '../local-config.js';
import type { StressPlan } from '../local-fault.js';

const MIB = 1024 * 1024;

/** What stress takes of this machine, over all its targets. */
export interface StressLoad {
  readonly cpuWorkers: number;
  readonly memoryBytes: number;
}

export function stressLoad({ cpu, memory }: StressPlan, targets: number): StressLoad {
  return { cpuWorkers: (cpu?.workers ?? 0) * targets, memoryBytes: (memory?.bytes ?? 0) * targets };
}

export function addStress(loads: readonly StressLoad[]): StressLoad {
  return {
    cpuWorkers: loads.reduce((total, { cpuWorkers }) => total + cpuWorkers, 0),
    memoryBytes: loads.reduce((total, { memoryBytes }) => total + memoryBytes, 0),
  };
}

/** Whether stress stays inside what the environment allows, together with that of other faults which is there already. */
export function checkStressLimits(
  wanted: StressLoad,
  inUse: StressLoad,
  { maxCpuWorkers, maxMemory }: StressLimits,
): readonly Finding[] {
  const { cpuWorkers, memoryBytes } = addStress([wanted, inUse]);
  return [
    ...(wanted.cpuWorkers > 0 && cpuWorkers > maxCpuWorkers
      ? [tooMuch(`${cpuWorkers} CPU workers`, `maxCpuWorkers: ${maxCpuWorkers}`)]
      : []),
    ...(wanted.memoryBytes > 0 && memoryBytes > maxMemory
      ? [tooMuch(`${inMebibytes(memoryBytes)} of memory`, `maxMemory: ${inMebibytes(maxMemory)}`)]
      : []),
  ];
}

function tooMuch(wanted: string, limit: string): Finding {
  return {
    severity: 'stop',
    code: 'stress-limit',
    message: `the stress of all targets together, which share this machine, would be ${wanted}; allowed is ${limit}`,
    remedy: 'Ask for less, select fewer targets, or raise the limit under stress: in plimsoll.yaml.',
  };
}

function inMebibytes(bytes: number): string {
  return `${formatCount(bytes / MIB)} MiB`;
}
