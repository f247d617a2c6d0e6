// A harness that puts a fault in and then hangs, to be killed: a process of its own.
import { aDrain, aFault, inject, openEnvironment, PARTITION } from './an-environment.js';

const [runId = '', leaseSeconds = '120', node] = process.argv.slice(2);
const { environment } = await openEnvironment({ runId, leaseMs: Number(leaseSeconds) * 1000 });
// With the name of a node, that node is drained.
const fault = node === undefined ? aFault(runId, 'NetworkChaos', PARTITION) : aDrain(runId, node);
await inject(environment, fault);
process.stdout.write('injected\n');
