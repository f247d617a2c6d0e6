/** What `plimsoll report` can make. */
export const REPORT_FORMATS = ['html', 'md', 'junit', 'summary', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What `plimsoll schema` can print. */
export const SCHEMA_KINDS = ['experiment', 'config', 'suite', 'result'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

export const GENERATORS = ['auto', 'k6', 'embedded'] as const;
