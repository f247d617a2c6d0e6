import { z } from 'zod';
import { parseDuration, UnitError } from '../shared/units.js';

const BENCHTIME = 'write a time like 1s, or a number of operations like 100x';

/** `load.goBench` of an experiment file. */
export const goBenchSchema = z.strictObject({
  package: z
    .string()
    .min(1)
    .refine((text) => !text.includes('...'), {
      message: 'one package alone: leave out "..."',
    })
    .describe('The Go package: a folder relative to this file (./load/orders), or an import path')
    .meta({ examples: ['./load/gobench'] }),
  bench: z
    .string()
    .min(1)
    .prefault('.')
    .describe('Which benchmarks: a regular expression, as go test -bench takes it; default: all')
    .meta({ examples: ['^BenchmarkOrderSubmit$'] }),
  benchtime: z
    .string()
    .refine(isBenchtime, { message: BENCHTIME })
    .prefault('1s')
    .describe(
      'How long one measuring takes: a time, or a number of operations that is the same in each phase (100x)',
    )
    .meta({ examples: ['1s', '100x'] }),
  count: z
    .int()
    .positive()
    .optional()
    .describe(
      'How often each benchmark is measured by one start of the test binary; default: without end where one benchmark matches, else once, so that they take turns',
    ),
  benchmem: z.boolean().prefault(false).describe('Reports B/op and allocs/op too'),
  tags: z.array(z.string().min(1)).prefault([]).describe('Build tags'),
  env: z
    .record(z.string().min(1), z.string())
    .prefault({})
    .describe('Environment variables of the build and of the benchmarks, on top of those of Plimsoll')
    .meta({ examples: [{ BASE_URL: '{{services.orders.url}}' }] }),
});

function isBenchtime(text: string): boolean {
  if (/^[1-9]\d*x$/.test(text)) return true;
  try {
    return parseDuration(text) > 0;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    return false;
  }
}
