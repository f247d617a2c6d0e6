import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import { checkRights } from '../../shared/kubernetes/check-rights.js';
import { nameOf } from '../../shared/kubernetes/right.js';
import { KubeError } from '../../shared/kubernetes/kube-error.js';
import { formatCount } from '../../shared/units.js';
import type { K6Load } from '../k6/k6-load.js';
import { MOST_ARCHIVE_BYTES, type Archive } from './archive-script.js';
import type { RunnerEngine, RunnerParts } from './runner-engine.js';

/** Everything that would keep the runners from coming up, as far as it can be known without creating anything. */
export async function preflightRunners(
  engine: RunnerEngine,
  parts: RunnerParts,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = [
    ...shareFindings(parts.load, parts.runners),
    ...(await archiveFindings(parts.archive, signal)),
  ];
  try {
    const rights = await checkRights(parts.client, engine.rights(parts.config.namespace), signal);
    // The API server would only say the same again.
    const mayCreate = !rights.some(
      ({ severity, message }) => severity === 'stop' && message.includes(` ${nameOf(engine.resource)} `),
    );
    const missing = await engine.missing(parts.client, signal);
    const refused = mayCreate && missing.length === 0 ? await engine.tryOut(parts, signal) : [];
    return [...findings, ...rights, ...missing, ...refused];
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return [
      ...findings,
      {
        severity: 'stop',
        code: 'runners-cannot-check',
        message: `whether runners can be started on ${parts.client.server} cannot be found out: ${error.message}`,
        remedy: `see whether the cluster answers: ${parts.client.kubectl} version`,
      },
    ];
  }
}

/** Whether there is something to do for each of them: k6 gives each at least one virtual user, or nothing at all. */
function shareFindings({ profile }: K6Load, runners: number): readonly Finding[] {
  if (profile === undefined) return [];
  const users = profile.model === 'open' ? profile.maxVUs : profile.vus;
  if (users >= runners) return [];
  const field = profile.model === 'open' ? 'maxVUs' : 'vus';
  return [
    {
      severity: 'stop',
      code: 'too-many-runners',
      message: `${users} virtual users cannot be shared among ${runners} runners`,
      remedy: `give the profile a "${field}" of ${runners} at least, or take fewer runners`,
    },
  ];
}

/**
 * Whether the script fits into an object of Kubernetes.
 *
 * @param archive packs it; what k6 itself has to say to the script is another check's
 */
async function archiveFindings(
  archive: (signal: AbortSignal) => Promise<Archive>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const size = (await archive(signal)).packed.length;
    if (size <= MOST_ARCHIVE_BYTES) return [];
    return [
      {
        severity: 'stop',
        code: 'script-too-large',
        message: `the script with all that it opens takes ${formatCount(Math.ceil(size / 1024))} KiB for its runners; Kubernetes takes ${formatCount(MOST_ARCHIVE_BYTES / 1024)} KiB`,
        remedy: 'let the script open() less, or make its data by itself',
      },
    ];
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof PlimsollError)) throw thrown;
    return [
      { severity: 'stop', code: 'invalid-k6-script', message: messageOf(thrown), remedy: thrown.remedy },
    ];
  }
}
