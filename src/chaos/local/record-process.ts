import { processStartToken } from '../../shared/process-identity.js';
import type { RunRecorder } from '../../shared/run-recorder.js';

/** Writes a process down that was just started, so that a sweep would find it. Rejects where it cannot be written. */
export async function recordProcess(
  recorder: RunRecorder,
  started: { readonly pid: number; readonly role: string; readonly group: boolean },
): Promise<void> {
  // Where the process is gone already, children of it may live in its group: an empty token matches no process.
  const startToken = (await processStartToken(started.pid)) ?? '';
  await recorder.processStarted({ ...started, startToken });
}
