import type { Finding } from '../../shared/finding.js';
import type { DurationMs } from '../../shared/time.js';
import type { TargetChoice } from '../select-targets.js';
import type { ProxyFault } from './proxy/proxy-rule.js';

/** What a chaos object comes to on this machine. */
export type LocalFault =
  | { readonly type: 'proxy'; readonly fault: ProxyFault }
  | { readonly type: 'kill'; readonly kill: KillPlan }
  | { readonly type: 'pod-failure' }
  | { readonly type: 'stress'; readonly stress: StressPlan };

export interface KillPlan {
  readonly action: 'pod-kill' | 'container-kill';
  /** Between SIGTERM and SIGKILL; 0 kills at once. */
  readonly graceMs: DurationMs;
}

/** For each target. */
export interface StressPlan {
  readonly cpu?: { readonly workers: number; readonly loadPercent: number };
  /** The workers share the bytes. */
  readonly memory?: { readonly workers: number; readonly bytes: number };
}

/** What a manifest asks for, or every reason why it cannot be done here. */
export type ReadFault =
  | {
      readonly status: 'readable';
      readonly fault: LocalFault;
      readonly choice: TargetChoice;
      readonly warnings: readonly Finding[];
    }
  | { readonly status: 'refused'; readonly refusals: readonly Finding[] };
