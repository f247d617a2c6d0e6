import type { EpochMs } from '../../../shared/time.js';
import type { ProxyHandle } from '../proxy/proxy-handle.js';
import type { ProxyRule } from '../proxy/proxy-rule.js';

/** The one owner of the proxy's rules. Several faults come and go; the proxy is always told all that are active. */
export interface ProxyRules {
  /** Resolves with the time at which it took effect. Where it rejects, the rule is not wanted any more. */
  add(rule: ProxyRule): Promise<EpochMs>;
  /** Rejects as setFaults does; then it may be tried again. */
  remove(ruleId: string): Promise<EpochMs>;
}

export function createProxyRules(proxy: Pick<ProxyHandle, 'setFaults'>): ProxyRules {
  const rules = new Map<string, ProxyRule>();
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = (change: () => void): Promise<EpochMs> => {
    const done = last.then(async () => {
      change();
      return await proxy.setFaults([...rules.values()]);
    });
    last = done.catch(() => undefined); // whoever asked for it is told
    return done;
  };

  return {
    add: (rule) =>
      inTurn(() => rules.set(rule.id, rule)).catch((error: unknown) => {
        rules.delete(rule.id);
        throw error;
      }),
    remove: (ruleId) => inTurn(() => rules.delete(ruleId)),
  };
}
