import { PlimsollError } from '../../shared/errors.js';
import type { GeneratorDescription, LoadGenerator } from '../load-generator.js';
import type { MissingK6 } from './find-k6.js';

/** Stands for k6 where there is none, so that a plan can be made and says what is missing. */
export function createMissingK6Generator(search: MissingK6): LoadGenerator {
  const message = `k6 is needed for this load: ${search.missing}`;
  return {
    describe: (load): GeneratorDescription => ({
      name: 'k6',
      version: 'missing',
      model: load.profile?.model ?? 'script',
      blindSpots: [],
    }),
    preflight: () =>
      Promise.resolve([{ severity: 'stop', code: 'k6-missing', message, remedy: search.remedy }]),
    start: () => Promise.reject(new PlimsollError('LOAD_FAILED', message, { remedy: search.remedy })),
  };
}
