// A harness that puts a fault in and then hangs, to be killed: a process of its own.
import { aFault, inject, openEnvironment, PARTITION } from './an-environment.js';

const [runId = '', leaseSeconds = '120'] = process.argv.slice(2);
const { environment } = await openEnvironment({ runId, leaseMs: Number(leaseSeconds) * 1000 });
await inject(environment, aFault(runId, 'NetworkChaos', PARTITION));
process.stdout.write('injected\n');
