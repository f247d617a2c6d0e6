import { z } from 'zod';

/** Checks of several fields say their piece even where one of the fields is wrong by itself. */
const always = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };

const timeUnit = z.enum(['ns', 'us', 'ms', 's']);
const field = z.string().min(1);

const rowFields = {
  start: z
    .union([
      z.strictObject({
        field: field.describe('Which column or key'),
        unit: timeUnit.describe('The unit of the number'),
        epoch: z
          .enum(['unix', 'command'])
          .describe('Counted from 1970 (unix), or from the start of the command (command)'),
      }),
      z.strictObject({
        field,
        unit: z.literal('rfc3339').describe('A date and time with its zone: 2026-11-23T06:10:59.182Z'),
      }),
    ])
    .describe('When a request started'),
  duration: z
    .strictObject({ field: field.describe('Which column or key'), unit: timeUnit })
    .describe('How long it took, to the end of its response'),
  ok: field.optional().describe('Which column or key says true or false (or 1 or 0)'),
  status: field
    .optional()
    .describe('Which column or key has the HTTP status: 2xx and 3xx are a success, no status is no response'),
  endpoint: field
    .optional()
    .describe('Which column or key names the endpoint; default: all requests are one endpoint'),
};

const EITHER = { message: 'a row says by either "ok" or "status" whether its request went well' };
const ONE_OF_BOTH = { oneOf: [{ required: ['ok'] }, { required: ['status'] }] };

const ndjsonSchema = z
  .strictObject(rowFields)
  .refine(({ ok, status }) => (ok === undefined) !== (status === undefined), { ...always, ...EITHER })
  .meta(ONE_OF_BOTH);

const csvSchema = z
  .strictObject({
    columns: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of the columns in their order, for output without a header row'),
    delimiter: z.string().length(1).prefault(',').describe('What stands between two columns'),
    ...rowFields,
  })
  .refine(({ ok, status }) => (ok === undefined) !== (status === undefined), { ...always, ...EITHER })
  .superRefine(({ columns, start, duration, ok, status, endpoint }, context) => {
    if (columns === undefined) return;
    const named = { start: start.field, duration: duration.field, ok, status, endpoint };
    for (const [key, name] of Object.entries(named)) {
      if (name === undefined || columns.includes(name)) continue;
      context.addIssue({
        code: 'custom',
        path: key === 'start' || key === 'duration' ? [key, 'field'] : [key],
        message: `there is no column "${name}" in "columns"`,
      });
    }
  })
  .meta(ONE_OF_BOTH);

/** How a load command writes down its requests. */
export const rowFormatSchema = z.union([
  z.literal('k6-json').describe('Rows as `k6 run --out json` writes them'),
  z
    .strictObject({ ndjson: ndjsonSchema.describe('The keys of each object') })
    .describe('A JSON object on each line'),
  z.strictObject({ csv: csvSchema.describe('The columns of each row') }).describe('CSV (RFC 4180)'),
]);

export type RowsDocument = z.output<typeof ndjsonSchema>;
