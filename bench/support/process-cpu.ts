import { readFile } from 'node:fs/promises';

/** What Linux counts in: 100 ticks a second on every machine. */
const MS_A_TICK = 10;
const USER_FIELD = 11;

export interface ProcessorTime {
  readonly userMs: number;
  /** In the kernel, which does some of the work of whoever is at the other end of a socket in the name of the sender. */
  readonly systemMs: number;
}

/** The processor time of a process, all of its threads together. */
export async function cpuOf(pid: number): Promise<ProcessorTime> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything, blanks too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    userMs: Number(fields[USER_FIELD]) * MS_A_TICK,
    systemMs: Number(fields[USER_FIELD + 1]) * MS_A_TICK,
  };
}
