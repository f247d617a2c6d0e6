import type { Socket } from 'node:net';
import { finished, type Duplex } from 'node:stream';

/**
 * Carries bytes both ways until either side ends, then ends the other. Resolves to what broke on the remote side, where
 * it was that side; never rejects. A connection that broke is broken for the other side too, and not merely ended.
 */
export async function joinStreams(local: Socket, remote: Duplex): Promise<string | undefined> {
  return await new Promise((resolve) => {
    finished(remote, (error) => {
      const isLocal = local.destroyed || error === undefined || error === null;
      if (!isLocal) local.resetAndDestroy();
      resolve(isLocal ? undefined : error.message);
    });
    local.on('close', () => remote.destroy());
    if (local.destroyed) remote.destroy();
    local.pipe(remote);
    remote.pipe(local);
  });
}
