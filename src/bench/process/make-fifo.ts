import { PlimsollError } from '../../shared/errors.js';
import { captureOutput } from './capture-output.js';

const DEADLINE_MS = 10_000;
export const MKFIFO_REMEDY =
  'install mkfifo (a part of coreutils and of busybox) and put it on PATH, or describe the load under load.http ' +
  'and run it on the embedded generator';

/** Makes a named pipe that only this user can open. Node has no call for it. */
export async function makeFifo(path: string, signal: AbortSignal): Promise<void> {
  const made = await captureOutput(
    ['mkfifo', '-m', '600', path],
    { deadlineMs: DEADLINE_MS, env: { LC_ALL: 'C' } },
    signal,
  );
  if (made.status === 'exited' && made.code === 0) return;
  const reason = made.status === 'failed' ? made.reason : made.stderr.trim();
  throw new PlimsollError('LOAD_FAILED', `the pipe for the load's rows could not be made: ${reason}`, {
    remedy: MKFIFO_REMEDY,
  });
}
