import { PlimsollError } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';

/** @throws {PlimsollError} FAULT_NOT_INJECTED for the first finding that stops the fault, if there is one. */
export function refuse(findings: readonly Finding[]): void {
  const stop = findings.find(({ severity }) => severity === 'stop');
  if (stop !== undefined) throw refusal(stop);
}

export function refusal({ message, remedy }: Finding): PlimsollError {
  return new PlimsollError('FAULT_NOT_INJECTED', message, { remedy });
}
