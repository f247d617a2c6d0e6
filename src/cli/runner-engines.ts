import { JOB_ENGINE } from '../bench/k6-job/job-engine.js';
import { OPERATOR_ENGINE } from '../bench/k6-operator/operator-engine.js';
import type { RunnersConfig } from '../bench/runners/runner-config.js';
import type { RunnerEngine } from '../bench/runners/runner-engine.js';

/** By the name that plimsoll.yaml has for it. */
export const RUNNER_ENGINES: Readonly<Record<RunnersConfig['engine'], RunnerEngine>> = {
  job: JOB_ENGINE,
  'k6-operator': OPERATOR_ENGINE,
};
