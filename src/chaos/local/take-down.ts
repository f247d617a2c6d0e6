import type { Finding } from '../../shared/finding.js';
import type { Recovery } from '../fault-injector.js';
import type { LocalInjector } from './faults/create-local-injector.js';
import type { Place } from './faults/local-world.js';
import { orAborted } from './or-aborted.js';
import type { ProxySlot } from './proxy-slot.js';

/** Longer than all that the proxy's own stop() waits for. */
const PROXY_DEADLINE_MS = 20_000;

/**
 * Takes down whatever an environment has come to: faults, replicas, proxy, each with its proof. Never rejects; may be
 * called again. Returns what is left.
 */
export async function takeDown(parts: {
  readonly places: readonly Place[];
  readonly injector: Pick<LocalInjector, 'recoverAll'>;
  readonly proxy: ProxySlot;
}): Promise<readonly Finding[]> {
  // The replicas are told first, so that no recovery waits for one that would come back.
  const endings = Promise.all(parts.places.map(endPlace));
  const recoveries = await parts.injector.recoverAll();
  return [...recoveries.flatMap(unrecovered), ...(await endings).flat(), ...(await endProxy(parts.proxy))];
}

async function endPlace(place: Place): Promise<readonly Finding[]> {
  if (place.kind === 'existing') return [];
  const ending = await place.replica.stop();
  return ending.status === 'gone' ? [] : [stillThere(`replica ${place.id}`, ending.pids, ending.reason)];
}

async function endProxy(proxy: ProxySlot): Promise<readonly Finding[]> {
  if (proxy.state.status !== 'running') return [];
  const { pid } = proxy.state;
  try {
    await orAborted(proxy.stop(), AbortSignal.timeout(PROXY_DEADLINE_MS));
    return [];
  } catch {
    return [stillThere('the fault proxy', [pid], 'it is still there after SIGKILL')];
  }
}

function unrecovered(recovery: Recovery): readonly Finding[] {
  if (recovery.status === 'recovered') return [];
  return [{ severity: 'warning', code: 'fault-left', message: recovery.reason, remedy: recovery.remedy }];
}

function stillThere(what: string, pids: readonly number[], reason: string): Finding {
  return {
    severity: 'warning',
    code: 'process-left',
    message: `${what} is still running (pid ${pids.join(', ')}): ${reason}`,
    remedy: `kill -9 ${pids.join(' ')}`,
  };
}
