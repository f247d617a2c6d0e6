import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';

/** The process that listens on a TCP port: `nginx (pid 812)`. Undefined where that cannot be seen: only Linux tells. */
export async function findPortHolder(port: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const sockets = new Set(
    tables.flatMap((table) => listeningSockets(table, port)).map((i) => `socket:[${i}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (!(await holds(pid, sockets))) continue;
    return `${(await readOrEmpty(`/proc/${pid}/comm`)).trim()} (pid ${pid})`;
  }
  return undefined;
}

/** The inodes of the sockets that listen on the port, in a table as /proc/net/tcp has it. */
export function listeningSockets(table: string, port: number): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTENING && local?.endsWith(`:${hexPort}`) && inode !== undefined ? [inode] : [];
  });
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  let descriptors: string[];
  try {
    descriptors = await readdir(`/proc/${pid}/fd`);
  } catch {
    return false; // it ended, or belongs to another user
  }
  const links = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')), // closed meanwhile
  );
  return links.some((link) => sockets.has(link));
}

async function readOrEmpty(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
