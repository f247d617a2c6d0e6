export type { Result } from './experiments/result-schema.js';
export { resultSchema } from './experiments/result-schema.js';
