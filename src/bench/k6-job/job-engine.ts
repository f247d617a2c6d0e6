import { JOBS } from '../../shared/kubernetes/object-path.js';
import { rightsOfRunners } from '../runners/rights-of-runners.js';
import type { RunnerEngine } from '../runners/runner-engine.js';
import { tryObject } from '../runners/try-object.js';
import { buildJob } from './build-job.js';
import { createJobDriver } from './create-job-driver.js';

/** Runners as the pods of an indexed Job: nothing has to be installed for it. */
export const JOB_ENGINE: RunnerEngine = {
  kind: 'Job',
  resource: JOBS,
  podLabels: {},
  furtherArguments: [],
  missing: () => Promise.resolve([]),
  rights: (namespace) => rightsOfRunners(JOBS, ['create', 'patch', 'delete'], namespace),
  tryOut: (parts, signal) => tryObject(JOB_ENGINE, parts, buildJob(parts), signal),
  createDriver: createJobDriver,
  countActive: (_client, { status }) => Promise.resolve(Number(status?.active ?? 0)),
};
