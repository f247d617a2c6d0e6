import { expect } from 'chai';
import fc from 'fast-check';
import type { z } from 'zod';
import {
  durationSchema,
  percentageSchema,
  rateSchema,
  sizeSchema,
} from '../../../src/experiments/quantity-schemas.js';

describe('the pattern of a quantity, which editors check by', () => {
  const pieces = [
    '0',
    '1',
    '15',
    '.',
    '.5',
    ' ',
    '/',
    '%',
    's',
    'ms',
    'm',
    'h',
    'us',
    'µs',
    'ns',
    'K',
    'KB',
    'MiB',
    'B',
    'x',
    '-',
    '+',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(''));
  const quantities: Readonly<Record<string, z.ZodType>> = {
    duration: durationSchema,
    rate: rateSchema,
    percentage: percentageSchema,
    size: sizeSchema,
  };

  for (const [name, schema] of Object.entries(quantities)) {
    it(`takes exactly what is read as a ${name}`, () => {
      const { pattern, examples } = schema.meta() as { pattern: string; examples: string[] };
      const expression = new RegExp(pattern, 'u');
      for (const example of examples) expect(schema.safeParse(example).success, example).to.equal(true);
      fc.assert(
        fc.property(text, (input) => expression.test(input) === schema.safeParse(input).success),
        { numRuns: 2000 },
      );
    });
  }
});
