import type { ClockAnchor } from '../../../shared/anchored-clock.js';
import type { ErrorCode } from '../../../shared/errors.js';
import type { ProxyReplica, ProxyService } from './proxy-handle.js';
import type { ProxyRule } from './proxy-rule.js';

/** What the proxy process can be asked for. `start` comes first, and once. */
export type ProxyCommand =
  | { readonly name: 'start'; readonly anchor: ClockAnchor }
  | { readonly name: 'setServices'; readonly services: readonly ProxyService[] }
  | { readonly name: 'setReplicas'; readonly service: string; readonly replicas: readonly ProxyReplica[] }
  | { readonly name: 'setFaults'; readonly rules: readonly ProxyRule[] }
  | { readonly name: 'stats' }
  | { readonly name: 'stop' };

export interface ProxyCall {
  readonly id: number;
  readonly command: ProxyCommand;
}

export type ProxyAnswer =
  | { readonly id: number; readonly status: 'done'; readonly value: unknown }
  | {
      readonly id: number;
      readonly status: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly remedy: string;
    };
