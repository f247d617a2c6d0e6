// Writes schemas/*.schema.json from the code; `npm run schemas` builds first.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildJsonSchema, SCHEMA_KINDS } from '../dist/src/experiments/build-json-schema.js';
import { packageRoot } from '../dist/src/shared/package-root.js';

const folder = join(packageRoot, 'schemas');
mkdirSync(folder, { recursive: true });
for (const kind of SCHEMA_KINDS) {
  const text = `${JSON.stringify(buildJsonSchema(kind), null, 2)}\n`;
  writeFileSync(join(folder, `${kind}.schema.json`), text);
}
