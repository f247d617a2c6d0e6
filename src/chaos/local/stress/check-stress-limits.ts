import type { Finding } from '../../../shared/finding.js';
import { formatCount } from '../../../shared/units.js';
import type { StressLimits } from '../local-config.js';
import type { StressPlan } from '../local-fault.js';

const MIB = 1024 * 1024;

/** Whether the stress of all targets together stays inside what the environment allows. */
export function checkStressLimits(
  plan: StressPlan,
  targets: number,
  { maxCpuWorkers, maxMemory }: StressLimits,
): readonly Finding[] {
  const workers = (plan.cpu?.workers ?? 0) * targets;
  const bytes = (plan.memory?.bytes ?? 0) * targets;
  return [
    ...(workers > maxCpuWorkers
      ? [tooMuch(`${workers} CPU workers`, targets, `maxCpuWorkers: ${maxCpuWorkers}`)]
      : []),
    ...(bytes > maxMemory
      ? [tooMuch(`${inMebibytes(bytes)} of memory`, targets, `maxMemory: ${inMebibytes(maxMemory)}`)]
      : []),
  ];
}

function tooMuch(wanted: string, targets: number, limit: string): Finding {
  return {
    severity: 'stop',
    code: 'stress-limit',
    message: `the stress would take ${wanted} for ${targets} ${targets === 1 ? 'target' : 'targets'}, which all share this machine; allowed is ${limit}`,
    remedy: 'Ask for less, select fewer targets, or raise the limit under stress: in plimsoll.yaml.',
  };
}

function inMebibytes(bytes: number): string {
  return `${formatCount(bytes / MIB)} MiB`;
}
