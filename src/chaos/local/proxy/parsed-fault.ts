import type { Finding } from '../../../shared/finding.js';
import type { ProxyFault } from './proxy-rule.js';

/** What a manifest's spec asks of the proxy, or every reason why the proxy cannot do it. */
export type ParsedFault<F extends ProxyFault = ProxyFault> =
  | { readonly status: 'parsed'; readonly fault: F; readonly warnings: readonly Finding[] }
  | { readonly status: 'refused'; readonly refusals: readonly Finding[] };
