import type { KubeClient } from '../../shared/kubernetes/kube-client.js';
import type { Clock, DurationMs } from '../../shared/time.js';
import type { DoseEffect } from '../fault-injector.js';
import type { ChaosManifest } from '../manifest.js';
import type { Pod } from './pod.js';
import { readUsage, type Usage } from './read-usage.js';

/** Sees by the cluster's own metrics whether stress takes CPU and memory. */
export interface UsageWatch {
  /** Looks where it is time to; undefined where it is not. Rejects with the signal's reason. */
  look(signal: AbortSignal): Promise<DoseEffect | undefined>;
}

/** Metrics servers look every 15 to 60 s. A long run is not asked about more often for that. */
const LOOK_AFTER_MS: readonly DurationMs[] = [20_000, 45_000, 90_000, 240_000];
/** Earlier than this, old numbers may still be told. */
const TOLD_BY_MS = 75_000;
/** Of one core, or of memory: less is what any service does by itself. */
const NOTICEABLE = { cpuMillis: 100, memoryBytes: 32 * 2 ** 20 };

/** Reads what is used before the fault; undefined for faults that take none of it. */
export async function watchUsage(
  { client, clock }: { readonly client: KubeClient; readonly clock: Clock },
  { kind, spec }: ChaosManifest,
  carriers: readonly Pod[],
  signal: AbortSignal,
): Promise<UsageWatch | undefined> {
  if (kind !== 'StressChaos') return undefined;
  const before = await readUsage(client, carriers, signal);
  const startedAtMs = clock.nowMs();
  const { cpu, memory } = (spec.stressors ?? {}) as { readonly cpu?: unknown; readonly memory?: unknown };
  let looks = 0;
  return {
    async look(until) {
      const dueMs = LOOK_AFTER_MS[looks];
      const afterMs = clock.nowMs() - startedAtMs;
      if (before.status === 'unknown') {
        return looks++ === 0 ? { status: 'unknown', detail: before.reason } : undefined;
      }
      if (dueMs === undefined || afterMs < dueMs) return undefined;
      looks += 1;
      const now = await readUsage(client, carriers, until);
      const wanted = { cpu: cpu !== undefined, memory: memory !== undefined };
      return compareUsage(before, now, wanted, afterMs >= TOLD_BY_MS);
    },
  };
}

/** @param isLate whether the metrics must have heard of it by now */
export function compareUsage(
  before: Extract<Usage, { readonly status: 'read' }>,
  now: Usage,
  wanted: { readonly cpu: boolean; readonly memory: boolean },
  isLate: boolean,
): DoseEffect {
  if (now.status === 'unknown') return { status: 'unknown', detail: now.reason };
  const cpuMillis = now.cpuMillis - before.cpuMillis;
  const memoryBytes = now.memoryBytes - before.memoryBytes;
  const detail = [
    ...(wanted.cpu ? [`CPU of the targets ${describeCores(before)} -> ${describeCores(now)}`] : []),
    ...(wanted.memory ? [`memory of the targets ${describeMiB(before)} -> ${describeMiB(now)}`] : []),
  ].join(', ');
  const isMore =
    (!wanted.cpu || cpuMillis >= NOTICEABLE.cpuMillis) &&
    (!wanted.memory || memoryBytes >= NOTICEABLE.memoryBytes);
  if (isMore) return { status: 'seen', detail };
  return isLate ? { status: 'not-seen', detail } : { status: 'unknown', detail: `${detail}, so far` };
}

function describeCores({ cpuMillis }: { readonly cpuMillis: number }): string {
  return `${(cpuMillis / 1000).toFixed(2)} cores`;
}

function describeMiB({ memoryBytes }: { readonly memoryBytes: number }): string {
  return `${Math.round(memoryBytes / 2 ** 20)} MiB`;
}
