/** Diagnostics for people. Adapters print to stderr; nothing in here is data. */
export interface Logger {
  debug(message: string): void;
  warn(message: string): void;
}
