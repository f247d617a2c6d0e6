import { readFile } from 'node:fs/promises';

/** What Linux counts in: 100 ticks a second on every machine. */
const MS_A_TICK = 10;
const USER_FIELD = 11;

/** The processor time of a process, all of its threads together, in ms. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything, blanks too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_FIELD]) + Number(fields[USER_FIELD + 1])) * MS_A_TICK;
}
