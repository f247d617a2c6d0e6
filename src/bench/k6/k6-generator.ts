import type { LoadGenerator } from '../load-generator.js';
import { checkConnections } from '../process/check-connections.js';
import { describeK6 } from './describe-k6.js';
import { createInspector, thresholdsOf } from './inspect-k6.js';
import { k6LoadOf } from './k6-load.js';
import { preflightK6 } from './preflight-k6.js';
import type { K6Options } from './start-k6.js';
import { startK6 } from './start-k6.js';

/** Runs loads on k6, a process of its own: scripts as they are, and declarative loads as a script. */
export function createK6Generator(options: K6Options): LoadGenerator {
  const inspect = createInspector(options);
  return {
    describe: (load) => describeK6(k6LoadOf(load), options.binary),
    async preflight(load, signal) {
      const findings = await preflightK6(k6LoadOf(load), await inspect(load, signal), signal);
      const { profile } = k6LoadOf(load);
      return profile === undefined ? findings : [...findings, ...(await checkConnections(profile))];
    },
    thresholds: async (load, signal) => thresholdsOf(await inspect(load, signal)),
    start: (load, tape, signal) => startK6(k6LoadOf(load), tape, signal, options),
  };
}
