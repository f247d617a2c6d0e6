import { readFile } from 'node:fs/promises';
import type { Finding } from '../../shared/finding.js';
import { formatCount } from '../../shared/units.js';
import type { LoadProfile } from '../load-generator.js';

/** How many connections a process of this machine can have; undefined where the system does not say. */
export interface ConnectionLimits {
  /** Files that a process may have open; Node and Go raise the soft limit to the hard one by themselves. */
  readonly openFiles: number | undefined;
  /** Ports for connections to one address. */
  readonly ports: number | undefined;
}

/** Files that a generator has open besides its connections, with room to spare. */
const OTHER_FILES = 100;

/**
 * Whether each user of a profile can have a connection of its own: where all of them wait for a slow service they need
 * one each, and a connection that cannot be opened would look like a failure of the service.
 */
export async function checkConnections(profile: LoadProfile): Promise<readonly Finding[]> {
  return findShortage(profile, await readLimits());
}

/** The same, for limits that are known. */
export function findShortage(
  profile: LoadProfile,
  { openFiles, ports }: ConnectionLimits,
): readonly Finding[] {
  const users = profile.model === 'open' ? profile.maxVUs : profile.vus;
  const field = profile.model === 'open' ? 'maxVUs' : 'vus';
  const shortage = (most: number, what: string, remedy: string): Finding => ({
    severity: 'warning',
    code: 'too-few-connections',
    message: `${formatCount(users)} users may need as many connections at once, and this machine has ${what} for ${formatCount(most)}: what cannot connect looks like a failure of the service`,
    remedy: `${remedy}, or lower ${field}`,
  });
  const files = openFiles === undefined ? Number.POSITIVE_INFINITY : Math.max(0, openFiles - OTHER_FILES);
  return [
    ...(users > files
      ? [shortage(files, 'open files', 'raise the hard limit on open files (ulimit -Hn)')]
      : []),
    ...(ports !== undefined && users > ports
      ? [shortage(ports, 'local ports', 'widen net.ipv4.ip_local_port_range')]
      : []),
  ];
}

async function readLimits(): Promise<ConnectionLimits> {
  const [limits, range] = await Promise.all(
    ['/proc/self/limits', '/proc/sys/net/ipv4/ip_local_port_range'].map(
      async (path) => await readFile(path, 'utf8').catch(() => ''), // other systems have no such file
    ),
  );
  const openFiles = /^Max open files\s+\d+\s+(\d+)/m.exec(limits ?? '')?.[1];
  const ports = /^(\d+)\s+(\d+)/.exec(range ?? '');
  return {
    openFiles: openFiles === undefined ? undefined : Number(openFiles),
    ports: ports === null ? undefined : Number(ports[2]) - Number(ports[1]) + 1,
  };
}
