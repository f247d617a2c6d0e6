import { PlimsollError } from '../../src/shared/errors.js';

/** The error that a promise rejects with; it must be an expected one. */
export async function rejectionOf(promise: Promise<unknown>): Promise<PlimsollError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof PlimsollError) return error;
    throw error;
  }
  throw new Error('it did not reject');
}
