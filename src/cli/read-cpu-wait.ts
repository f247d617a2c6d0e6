import { readFileSync } from 'node:fs';
import type { DurationMs } from '../shared/time.js';

const PRESSURE = '/proc/pressure/cpu';

/**
 * For how long, since the machine was started, some process of it has waited for a processor: the kernel's pressure stall
 * information (Linux, Documentation/accounting/psi.rst). Undefined where the kernel does not tell.
 */
export function readCpuWaitMs(path = PRESSURE): DurationMs | undefined {
  try {
    const [, microseconds] = /^some .*\btotal=(\d+)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    return microseconds === undefined ? undefined : Number(microseconds) / 1000;
  } catch {
    return undefined; // another system, an old kernel, or a container without it
  }
}
