import type { Finding } from '../../shared/finding.js';
import { formatDuration } from '../../shared/units.js';
import type { ClusterAccess } from './cluster-access.js';

/** The Date header has whole seconds; less than this cannot be told from chance. */
const NOTICEABLE_OFFSET_MS = 2000;

export interface ClockCheck {
  /** `v1.34.4`; empty where the API server does not say. */
  readonly serverVersion: string;
  /** `120 ms ahead, to within 501 ms`; undefined where the API server does not say what time it is. */
  readonly offset: string | undefined;
  readonly findings: readonly Finding[];
}

/** Asks for the version and the time. Chaos Mesh counts the lease of a fault by the cluster's clock. */
export async function checkClock(
  { client, clock }: Pick<ClusterAccess, 'client' | 'clock'>,
  signal: AbortSignal,
): Promise<ClockCheck> {
  const sentAtMs = clock.wallMs();
  const { body, serverDateMs } = await client.send({ method: 'GET', path: '/version' }, signal);
  const answeredAtMs = clock.wallMs();
  const { gitVersion } = body as { readonly gitVersion?: unknown };
  const serverVersion = typeof gitVersion === 'string' ? gitVersion : '';
  if (serverDateMs === undefined) return { serverVersion, offset: undefined, findings: [] };
  const roundTripMs = answeredAtMs - sentAtMs;
  const offsetMs = serverDateMs + 500 - (sentAtMs + roundTripMs / 2);
  const uncertaintyMs = 500 + roundTripMs / 2;
  const amount = `${formatDuration(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} this machine's (to within ${formatDuration(uncertaintyMs)})`;
  const isNoticed = Math.abs(offsetMs) - uncertaintyMs >= NOTICEABLE_OFFSET_MS;
  return {
    serverVersion,
    offset: Math.abs(offsetMs) <= uncertaintyMs ? `none to within ${formatDuration(uncertaintyMs)}` : amount,
    findings: isNoticed
      ? [
          {
            severity: 'warning',
            code: 'clock-offset',
            message: `the API server's clock is ${amount}; windows are measured on this machine's clock`,
            remedy: 'Let both follow the same time server.',
          },
        ]
      : [],
  };
}
