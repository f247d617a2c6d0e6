import { z } from 'zod';
import { parseDuration, parsePercentage, parseRate, parseSize, UnitError } from '../shared/units.js';

function quantity(parse: (text: string) => number, description: string, pattern: string) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        context.addIssue({ code: 'custom', message: `cannot read "${text}": ${error.message}` });
        return z.NEVER;
      }
    })
    .meta({ description, pattern });
}

/** Milliseconds. */
export const durationSchema = quantity(
  parseDuration,
  'A duration: 200ms, 1.5s, 1m30s',
  '^(\\d+(\\.\\d+)?(us|µs|ms|s|m|h))+$',
);
/** Events per second. */
export const rateSchema = quantity(parseRate, 'A rate: 100/s, 6000/m', '^\\d+(\\.\\d+)?\\s*/\\s*(s|m|h)$');
/** Share of 1. */
export const percentageSchema = quantity(parsePercentage, 'A percentage: 1%, 0.1%', '^\\d+(\\.\\d+)?\\s*%$');
/** Bytes. */
export const sizeSchema = quantity(
  parseSize,
  'A size: 256MB, 1GiB',
  '^\\d+(\\.\\d+)?\\s*(B|K|KB|KiB|M|MB|MiB|G|GB|GiB)$',
);
