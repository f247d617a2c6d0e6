import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Where a pod finds its own namespace. */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** `shop/plimsoll-7d4f`, where this process runs in a pod: its host name is the pod's name. */
export async function ownPod(namespaceFile = NAMESPACE_FILE): Promise<string | undefined> {
  try {
    return `${(await readFile(namespaceFile, 'utf8')).trim()}/${hostname()}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // in no pod
    throw error;
  }
}
