import { z } from 'zod';
import { parseDuration, parsePercentage, parseRate, parseSize, UnitError } from '../shared/units.js';

interface Quantity {
  readonly parse: (text: string) => number;
  /** What it is, for a number that came without its unit. */
  readonly noun: string;
  readonly examples: readonly string[];
  readonly pattern: string;
}

function quantity({ parse, noun, examples, pattern }: Quantity) {
  return z
    .string({
      error: ({ input }) =>
        typeof input === 'number'
          ? `cannot read ${input}: ${noun} needs a unit (${examples.join(', ')})`
          : undefined,
    })
    .transform((text, context) => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        context.addIssue({ code: 'custom', message: `cannot read "${text}": ${error.message}` });
        return z.NEVER;
      }
    })
    .meta({ pattern, examples: [...examples] });
}

/** What a duration looks like, for JSON Schema. */
export const DURATION_FORM = {
  pattern: '^\\s*(0|(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h))+)\\s*$',
  examples: ['200ms', '1.5s', '1m30s'],
};

/** Milliseconds. */
export const durationSchema = quantity({ parse: parseDuration, noun: 'a duration', ...DURATION_FORM });
/** Events per second. */
export const rateSchema = quantity({
  parse: parseRate,
  noun: 'a rate',
  examples: ['100/s', '6000/m'],
  pattern: '^\\s*\\d+(\\.\\d+)?\\s*/\\s*(s|m|h)\\s*$',
});
/** Share of 1. */
export const percentageSchema = quantity({
  parse: parsePercentage,
  noun: 'a percentage',
  examples: ['1%', '0.1%'],
  pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s*$',
});
/** Bytes. */
export const sizeSchema = quantity({
  parse: parseSize,
  noun: 'a size',
  examples: ['256MB', '1GiB'],
  pattern: '^\\s*\\d+(\\.\\d+)?\\s*(B|K|KB|KiB|M|MB|MiB|G|GB|GiB)\\s*$',
});
