// A harness that goes through a whole run of one fault, to be killed at any moment: a process of its own.
import { aFault, doseUntil, inject, openEnvironment, PARTITION } from '../e2e/support/an-environment.js';

const [runId = ''] = process.argv.slice(2);
const { environment } = await openEnvironment({ runId });
const fault = aFault(runId, 'NetworkChaos', PARTITION);
process.stdout.write('begun\n');
await environment.injector.preflight(fault, AbortSignal.timeout(20_000));
await environment.start(AbortSignal.timeout(20_000));
const { applied } = await inject(environment, fault);
await doseUntil(applied, () => true);
await applied.recover();
await environment.stop();
