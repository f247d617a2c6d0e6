import { grant } from '../../shared/kubernetes/check-rights.js';
import { JOBS, POD_EXEC, PODS, SECRETS } from '../../shared/kubernetes/object-path.js';
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
  rights: (namespace) => [
    ...grant(JOBS, ['create', 'patch', 'delete'], namespace),
    ...grant(JOBS, ['list'], namespace, 'a sweep cannot find the runners of a run that died'),
    ...grant(SECRETS, ['create'], namespace),
    ...grant(PODS, ['list', 'watch'], namespace),
    // Of a WebSocket some versions of Kubernetes ask for the one, some for the other.
    ...grant(POD_EXEC, ['create', 'get'], namespace),
  ],
  tryOut: (parts, signal) => tryObject(JOB_ENGINE, parts, buildJob(parts), signal),
  createDriver: createJobDriver,
  countActive: (_client, { status }) => Promise.resolve(Number(status?.active ?? 0)),
};
