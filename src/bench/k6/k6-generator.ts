import type { LoadGenerator, PlannedLoad } from '../load-generator.js';
import { describeK6 } from './describe-k6.js';
import { type InspectedK6, inspectK6 } from './inspect-k6.js';
import { k6LoadOf } from './k6-load.js';
import { preflightK6 } from './preflight-k6.js';
import { readThresholds } from './script-thresholds.js';
import type { K6Options } from './start-k6.js';
import { startK6 } from './start-k6.js';

/** Runs loads on k6, a process of its own: scripts as they are, and declarative loads as a script. */
export function createK6Generator(options: K6Options): LoadGenerator {
  /** Two questions about one load ask k6 once. */
  const asked = new WeakMap<PlannedLoad, Promise<InspectedK6>>();
  const inspect = (load: PlannedLoad, signal: AbortSignal): Promise<InspectedK6> => {
    const answer = asked.get(load) ?? inspectK6(k6LoadOf(load), options, signal);
    asked.set(load, answer);
    return answer;
  };
  return {
    describe: (load) => describeK6(k6LoadOf(load), options.binary),
    preflight: async (load, signal) => preflightK6(k6LoadOf(load), await inspect(load, signal), signal),
    thresholds: async (load, signal) => {
      const inspected = await inspect(load, signal);
      return inspected.status === 'read' ? readThresholds(inspected.options.thresholds) : [];
    },
    start: (load, tape, signal) => startK6(k6LoadOf(load), tape, signal, options),
  };
}
