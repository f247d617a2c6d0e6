/** The program of the proxy process. Its parent speaks to it over the IPC channel; when that closes, it ends. */
import { clockOf } from '../../../shared/anchored-clock.js';
import { PlimsollError } from '../../../shared/errors.js';
import { createFaultProxy, type FaultProxy } from './fault-proxy.js';
import type { ProxyAnswer, ProxyCall, ProxyCommand } from './proxy-messages.js';

let proxy: FaultProxy | undefined;

process.on('message', (call: ProxyCall) => {
  void answer(call);
});
process.on('disconnect', () => {
  // Whoever started it is gone, killed perhaps: nobody could take the faults out any more.
  process.exit(0);
});
if (!process.connected) process.exit(0);

async function answer({ id, command }: ProxyCall): Promise<void> {
  try {
    const value = await carryOut(command);
    send({ id, status: 'done', value }, command.name === 'stop' ? () => process.exit(0) : undefined);
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error; // a defect: the process ends, and says why
    send({ id, status: 'refused', code: error.code, message: error.message, remedy: error.remedy });
  }
}

async function carryOut(command: ProxyCommand): Promise<unknown> {
  if (command.name === 'start') {
    proxy = createFaultProxy(clockOf(command.anchor));
    return undefined;
  }
  if (proxy === undefined) throw new Error(`the proxy was asked for ${command.name} before it was started`);
  switch (command.name) {
    case 'setServices':
      await proxy.setServices(command.services);
      return undefined;
    case 'setReplicas':
      proxy.setReplicas(command.service, command.replicas);
      return undefined;
    case 'setFaults':
      return proxy.setFaults(command.rules);
    case 'stats':
      return proxy.stats();
    case 'stop':
      proxy.close();
      return undefined;
    default:
      return command satisfies never;
  }
}

function send(answer: ProxyAnswer, sent?: () => void): void {
  if (process.connected) process.send?.(answer, undefined, undefined, sent);
}
