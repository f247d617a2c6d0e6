import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import { formatCount } from '../../shared/units.js';
import type { K6Load } from '../k6/k6-load.js';
import { MOST_ARCHIVE_BYTES, type Archive } from './archive-script.js';

/** Whether there is something to do for each of them: k6 gives each at least one virtual user, or nothing at all. */
export function shareFindings({ profile }: K6Load, runners: number): readonly Finding[] {
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
export async function archiveFindings(
  archive: (signal: AbortSignal) => Promise<Archive>,
  signal: AbortSignal,
  sizeOf: (archive: Archive) => number = ({ packed }) => packed.length,
): Promise<readonly Finding[]> {
  try {
    const size = sizeOf(await archive(signal));
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
