// A program that starts a local environment, puts a stress on it, tells what it recorded, and stays until it is killed.
import { aFault, aLocalEnvironment, aService } from './a-local-environment.js';

const never = new AbortController().signal;
const { environment, runId, folder, recorded } = await aLocalEnvironment(
  { orders: await aService('healthy.mjs', { replicas: 2 }) },
  { searchPath: '' },
);
await environment.start(never);
const stressors = { cpu: { workers: 1, load: 5 } };
const stress = await environment.injector.apply(aFault('StressChaos', { mode: 'one', stressors }), never);
await stress.injected(never);
process.stdout.write(`${JSON.stringify({ runId, folder, recorded, url: environment.services[0]?.url })}\n`);
