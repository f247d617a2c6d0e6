// Writes schemas/chaos-mesh/KIND.json from a folder of Chaos Mesh's CRDs: node tools/write-chaos-schemas.mjs FOLDER.
// The CRDs of the pinned version: those that test/cluster builds, or config/crd/bases of the Go module of Chaos Mesh.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { packageRoot } from '../dist/src/shared/package-root.js';

/** Bookkeeping of Chaos Mesh itself, which nobody writes by hand. */
const NO_FAULTS = [
  ...['PodNetworkChaos', 'PodIOChaos', 'PodHttpChaos'],
  ...['PhysicalMachine', 'RemoteCluster', 'StatusCheck', 'WorkflowNode'],
];

/** What decides whether a value is valid; descriptions and merge strategies do not. */
const KEPT = [
  ...['type', 'enum', 'pattern', 'format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'required', 'default', 'nullable'],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'],
];

const [crdFolder] = process.argv.slice(2);
if (crdFolder === undefined) throw new Error('name a folder of CRDs');

const specs = new Map(
  readdirSync(crdFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => parse(readFileSync(join(crdFolder, file), 'utf8')).spec)
    .filter(({ names }) => !NO_FAULTS.includes(names.kind))
    .map(({ names, versions }) => [
      names.kind,
      strip(versions.find(({ storage }) => storage).schema.openAPIV3Schema.properties.spec),
    ]),
);
const folder = join(packageRoot, 'schemas', 'chaos-mesh');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [kind, spec] of specs) {
  writeFileSync(join(folder, `${kind}.json`), `${JSON.stringify(refer(spec, kind), null, 1)}\n`);
}

function strip(schema) {
  const { properties, items, additionalProperties } = schema;
  return {
    ...Object.fromEntries(KEPT.filter((key) => key in schema).map((key) => [key, schema[key]])),
    ...(properties && { properties: mapValues(properties, strip) }),
    ...(items && { items: strip(items) }),
    ...(additionalProperties && {
      additionalProperties: additionalProperties === true ? {} : strip(additionalProperties),
    }),
  };
}

/** A Schedule or Workflow holds the specs of all the kinds: each is named there instead of written out again. */
function refer(schema, owner) {
  const other = [...specs].find(([kind, spec]) => kind !== owner && isDeepStrictEqual(spec, schema));
  if (other !== undefined) return { $ref: `${other[0]}.json` };
  const { properties, items } = schema;
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, (each) => refer(each, owner)) }),
    ...(items && { items: refer(items, owner) }),
  };
}

function mapValues(record, map) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
