import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { parse } from 'yaml';
import {
  buildJsonSchema,
  SCHEMA_KINDS,
  type SchemaKind,
} from '../../../src/experiments/build-json-schema.js';
import { resultSchema } from '../../../src/experiments/result-schema.js';
import { packageRoot } from '../../../src/shared/package-root.js';
import { aResult } from '../../support/a-result.js';
import { aBreach } from '../../support/some-results.js';

describe('the JSON Schemas', () => {
  const validators = {} as Record<SchemaKind, ValidateFunction>;
  before(() => {
    // Strict: a word that JSON Schema does not know is an error.
    const ajv = new Ajv2020({
      strict: true,
      strictRequired: false,
      strictTypes: false,
      allErrors: true,
      // Known, though not checked here.
      formats: { uri: true },
    });
    for (const kind of SCHEMA_KINDS) validators[kind] = ajv.compile(buildJsonSchema(kind));
  });

  /** `/metadata/name pattern` for each error. */
  function errorsOf(kind: SchemaKind, value: unknown): string[] {
    const validate = validators[kind];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  }
  async function read(path: string): Promise<Record<string, unknown>> {
    return parse(await readFile(join(packageRoot, path), 'utf8')) as Record<string, unknown>;
  }

  it('are those in schemas/; after a change: npm run schemas', async () => {
    for (const kind of SCHEMA_KINDS) {
      const committed: unknown = JSON.parse(
        await readFile(join(packageRoot, 'schemas', `${kind}.schema.json`), 'utf8'),
      );
      expect(committed, kind).to.deep.equal(JSON.parse(JSON.stringify(buildJsonSchema(kind))));
    }
  });

  it('have the address under which they are published', () => {
    expect(buildJsonSchema('suite')).to.deep.include({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://plimsoll.dev/schemas/suite.schema.json',
    });
  });

  it('take every file of the catalogue', async () => {
    for (const folder of ['experiments', 'experiments/chaos-mesh', 'experiments/kubernetes']) {
      const experiments = (await readdir(join(packageRoot, folder))).filter((name) => name.endsWith('.yaml'));
      expect(experiments).to.not.be.empty;
      for (const name of experiments)
        expect(errorsOf('experiment', await read(join(folder, name))), name).to.be.empty;
    }
    expect(errorsOf('config', await read('plimsoll.yaml'))).to.be.empty;
    for (const name of await readdir(join(packageRoot, 'experiments', 'suites'))) {
      expect(errorsOf('suite', await read(join('experiments', 'suites', name))), name).to.be.empty;
    }
  });

  it('take results as they are written', () => {
    for (const result of [aResult(), aBreach()]) {
      expect(errorsOf('result', JSON.parse(JSON.stringify(resultSchema.parse(result))))).to.be.empty;
    }
    expect(errorsOf('result', { ...aResult(), recoveryMs: 'soon' })).to.deep.equal(['/recoveryMs type']);
  });

  it('describe every field at the top of a file, and most below', () => {
    for (const kind of ['experiment', 'config', 'suite'] as const) {
      const { properties } = buildJsonSchema(kind) as {
        properties: Record<string, { description?: string }>;
      };
      for (const [field, { description }] of Object.entries(properties)) {
        if (!['apiVersion', 'kind', 'metadata'].includes(field))
          expect(description, `${kind} ${field}`).to.be.a('string');
      }
    }
  });

  describe('refuse in an experiment', () => {
    const cases: readonly [name: string, change: (file: string) => string, error: string][] = [
      ['an unknown field', (file) => file.replace('hypothesis:', 'hypotesis:'), ' additionalProperties'],
      [
        'a duration without its unit',
        (file) => file.replace(/steady: \d+s/, 'steady: 15'),
        '/phases/steady type',
      ],
      [
        'a duration with a wrong one',
        (file) => file.replace(/steady: \d+s/, 'steady: 15 sec'),
        '/phases/steady pattern',
      ],
      ['a rate per nothing', (file) => file.replace('100/s', "'100'"), '/load/profile/rate pattern'],
      [
        'a kind of fault that is none',
        (file) => file.replace('NetworkChaos', 'NetworkChoas'),
        '/faults/0/manifest/kind enum',
      ],
      [
        'a typo inside a manifest',
        (file) => file.replace('latency:', 'latancy:'),
        '/faults/0/manifest/spec/delay additionalProperties',
      ],
      [
        "a fault of Plimsoll's own under the version of Chaos Mesh",
        (file) => file.replace('NetworkChaos', 'PodEviction'),
        '/faults/0/manifest/apiVersion const',
      ],
      [
        'a number where Chaos Mesh wants text',
        (file) => file.replace('mode: all', 'mode: fixed\n        value: 1'),
        '/faults/0/manifest/spec/value type',
      ],
      [
        'two manifests for one fault',
        (file) => file.replace('- name: delay', '- name: delay\n    manifestFile: a.yaml'),
        '/faults/0 oneOf',
      ],
      [
        'a profile beside a command',
        (file) =>
          file.replace(
            / {2}http:[^]*?\n {2}profile:/,
            '  command: {command: [a], format: k6-json}\n  profile:',
          ),
        '/load oneOf',
      ],
      ['a load of two kinds', (file) => file.replace('load:', 'load:\n  k6: {script: a.js}'), '/load oneOf'],
    ];
    for (const [name, change, error] of cases) {
      it(name, async () => {
        const file = await readFile(
          join(packageRoot, 'experiments', 'order-submit-network-delay.yaml'),
          'utf8',
        );
        expect(change(file)).to.not.equal(file);
        expect(errorsOf('experiment', parse(change(file)))).to.include(error);
      });
    }
  });

  it('refuse in a config and in a suite what their readers refuse', async () => {
    const config = await read('plimsoll.yaml');
    expect(errorsOf('config', { ...config, report: 'x' })).to.deep.equal([' additionalProperties']);
    expect(errorsOf('config', { ...config, environments: { Local: {} } })).to.include(
      '/environments propertyNames',
    );
    const suite = await read('experiments/suites/nightly.yaml');
    expect(errorsOf('suite', { ...suite, experiments: [], retries: 9 })).to.deep.equal([
      '/experiments minItems',
      '/retries maximum',
    ]);
  });
});
