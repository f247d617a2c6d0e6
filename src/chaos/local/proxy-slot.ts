import { PlimsollError } from '../../shared/errors.js';
import type { ProxyExit, ProxyHandle } from './proxy/proxy-handle.js';

/** The proxy of an environment: there from its start on, and perhaps gone before its end. */
export interface ProxySlot extends Pick<ProxyHandle, 'setReplicas' | 'setFaults' | 'stats' | 'stop'> {
  fill(proxy: ProxyHandle): void;
  readonly state: ProxyState;
}

export type ProxyState =
  | { readonly status: 'absent' }
  | { readonly status: 'running'; readonly pid: number }
  /** How it ended, in words: `exited with code 1`. */
  | { readonly status: 'gone'; readonly how: string };

export function createProxySlot(): ProxySlot {
  let filled: ProxyHandle | undefined;
  let state: ProxyState = { status: 'absent' };
  const proxy = (): ProxyHandle => {
    if (filled === undefined) throw new PlimsollError('NOT_READY', 'the environment has not been started');
    return filled;
  };
  return {
    get state() {
      return state;
    },
    fill(started) {
      filled = started;
      state = { status: 'running', pid: started.pid };
      void started.exited.then((exit) => {
        state = { status: 'gone', how: describeProxyExit(exit) };
      });
    },
    setReplicas: async (service, replicas) => {
      await proxy().setReplicas(service, replicas);
    },
    setFaults: async (rules) => await proxy().setFaults(rules),
    stats: async () => await proxy().stats(),
    stop: async () => {
      await filled?.stop();
    },
  };
}

function describeProxyExit(exit: ProxyExit): string {
  const how = exit.status === 'exited' ? `exited with code ${exit.code}` : `was ended by ${exit.signal}`;
  const lastLine = exit.stderr.trim().split('\n').at(-1) ?? '';
  return lastLine === '' ? how : `${how}: ${lastLine}`;
}
