import { PlimsollError } from '../../../shared/errors.js';
import type { ProcessExit } from '../../../shared/spawn-process.js';
import { formatDuration } from '../../../shared/units.js';
import type { ReadinessOutcome } from './check-readiness.js';
import type { ReplicaSpec } from './launch-instance.js';
import { readLogTail } from './read-log-tail.js';

export function describeExit(exit: ProcessExit): string {
  return exit.status === 'exited' ? `exited with code ${exit.code}` : `was ended by ${exit.signal}`;
}

/** Why a replica is not ready, with what it said last. */
export async function describeNotReady(
  spec: ReplicaSpec,
  outcome: Exclude<ReadinessOutcome, { readonly status: 'ready' }>,
): Promise<PlimsollError> {
  const reason =
    outcome.status === 'exited'
      ? `${describeExit(outcome.exit)} before it was ready`
      : `was not ready within ${formatDuration(spec.config.readiness.timeout)} (last answer: ${outcome.lastAnswer})`;
  const tail = await readLogTail(spec.logFile);
  const said = tail === '' ? 'It wrote nothing.' : `The end of its log:\n${tail.replace(/^/gm, '  | ')}`;
  return new PlimsollError('NOT_READY', `replica ${spec.id} ${reason}. ${said}`, {
    remedy:
      outcome.status === 'exited'
        ? `Read ${spec.logFile}; the service has to listen on 127.0.0.1, on the port in its variable PORT.`
        : `Read ${spec.logFile}; the service has to listen on the port in its variable PORT, and readiness in plimsoll.yaml has to fit it.`,
  });
}
