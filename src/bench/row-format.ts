/** How a load command writes down its requests, one row for each. */
export type RowFormat =
  | { readonly kind: 'k6-json' }
  | {
      readonly kind: 'csv';
      /** Names of the columns; undefined where the first row has them. */
      readonly columns?: readonly string[];
      readonly delimiter: string;
      readonly fields: RowFields;
    }
  | { readonly kind: 'ndjson'; readonly fields: RowFields };

export type TimeUnit = 'ns' | 'us' | 'ms' | 's';

/** Where in a row things stand: names of columns, or of keys. */
export interface RowFields {
  readonly start:
    | { readonly field: string; readonly unit: 'rfc3339' }
    | {
        readonly field: string;
        readonly unit: TimeUnit;
        /** Counted from 1970, or from the moment when the command was started. */
        readonly epoch: 'unix' | 'command';
      };
  readonly duration: { readonly field: string; readonly unit: TimeUnit };
  /** `ok`: true or false. `status`: that of an HTTP response, of which 2xx and 3xx are a success. */
  readonly success: { readonly by: 'ok' | 'status'; readonly field: string };
  /** Undefined: all requests are one endpoint. */
  readonly endpoint?: string;
}
