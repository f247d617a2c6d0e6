import { buildJsonSchema } from '../../experiments/build-json-schema.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../../shared/exit.js';
import { printJson } from '../print-json.js';
import type { SchemaKind } from '../program-choices.js';

/** Prints the JSON Schema of a kind of file. */
export function schema(kind: SchemaKind, { terminal }: CliContext): number {
  printJson(terminal.out, buildJsonSchema(kind));
  return EXIT.pass;
}
