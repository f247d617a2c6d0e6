import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { CHAOS_KINDS, chaosSpec, pinnedSchema } from '../../../src/experiments/chaos-schemas.js';
import { fieldsAt } from '../../../src/experiments/schema-fields.js';
import { type StructuralSchema, zodFromStructural } from '../../../src/experiments/zod-from-structural.js';
import { packageRoot } from '../../../src/shared/package-root.js';

const WRITTEN_BY_HAND = ['NetworkChaos', 'PodChaos', 'StressChaos', 'HTTPChaos'];

/** Every place of a structural schema that has fields, with the way to it. */
function places(
  schema: StructuralSchema,
  path: readonly (string | number)[] = [],
): readonly { path: readonly (string | number)[]; schema: StructuralSchema }[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([field, each]) => [field, each] as const),
    ...(schema.items === undefined ? [] : [[0, schema.items] as const]),
  ];
  return [{ path, schema }, ...inner.flatMap(([step, each]) => places(each, [...path, step]))];
}

describe('the specs of the kinds of faults', () => {
  it('are there for each pinned CRD', async () => {
    const pinned = (await readdir(join(packageRoot, 'schemas', 'chaos-mesh'))).map((file) =>
      file.replace('.json', ''),
    );
    expect([...CHAOS_KINDS].sort()).to.deep.equal(pinned.sort());
    for (const kind of CHAOS_KINDS) expect(chaosSpec(kind), kind).to.be.an('object');
    expect(chaosSpec('NodeChaos')).to.equal(undefined);
  });

  it('hold no descriptions', async () => {
    for (const kind of CHAOS_KINDS) {
      const text = await readFile(join(packageRoot, 'schemas', 'chaos-mesh', `${kind}.json`), 'utf8');
      expect(text, kind).to.not.include('"description"');
    }
  });

  for (const kind of WRITTEN_BY_HAND) {
    it(`know the same fields of ${kind} as its CRD`, () => {
      const spec = chaosSpec(kind) ?? z.never();
      for (const { path, schema } of places(pinnedSchema(kind))) {
        const expected = Object.keys(schema.properties ?? {}).sort();
        expect([...fieldsAt(spec, path)].sort(), `${kind} ${path.join('.')}`).to.deep.equal(expected);
      }
    });

    it(`take no value for ${kind} that its CRD refuses`, () => {
      const spec = chaosSpec(kind) as z.ZodObject;
      for (const [field, { enum: values }] of Object.entries(pinnedSchema(kind).properties ?? {})) {
        if (values === undefined) continue;
        const ours = spec.shape[field] as z.ZodType;
        for (const value of values)
          expect(ours.safeParse(value).success, `${field}: ${value}`).to.equal(true);
        expect(ours.safeParse('rate').success, field).to.equal(false);
      }
    });
  }

  it('reach into the kinds that a Schedule or Workflow holds', () => {
    expect(fieldsAt(chaosSpec('Schedule') ?? z.never(), ['networkChaos', 'delay'])).to.include('latency');
    expect(fieldsAt(chaosSpec('Workflow') ?? z.never(), ['templates', 0, 'ioChaos'])).to.include(
      'volumePath',
    );
  });
});

describe('zodFromStructural', () => {
  const accepts = (schema: StructuralSchema, value: unknown) =>
    zodFromStructural(schema, () => z.literal('referred')).safeParse(value).success;

  const cases: readonly [string, StructuralSchema, good: readonly unknown[], bad: readonly unknown[]][] = [
    ['text', { type: 'string' }, ['', 'a'], [1, null, true]],
    ['a pattern', { type: 'string', pattern: '^a+$' }, ['aa'], ['ab', '']],
    ['an enum', { type: 'string', enum: ['one', 'all'] }, ['one'], ['some', 1]],
    ['an enum of numbers', { type: 'integer', enum: [1, 2] }, [1], [3, '1']],
    ['a whole number with bounds', { type: 'integer', minimum: 1, maximum: 3 }, [1, 3], [0, 4, 1.5, '2']],
    ['a bound that is excluded', { type: 'number', minimum: 0, exclusiveMinimum: true }, [0.1], [0]],
    ['a boolean', { type: 'boolean' }, [true, false], ['true', 0]],
    ['a list', { type: 'array', items: { type: 'string' }, minItems: 1 }, [['a']], [[], [1], 'a']],
    ['named texts', { type: 'object', additionalProperties: { type: 'string' } }, [{ a: 'b' }], [{ a: 1 }]],
    ['anything with fields', { type: 'object' }, [{}, { a: [1] }], ['a', []]],
    ['nothing, where it may be null', { type: 'string', nullable: true }, [null, 'a'], [1]],
    [
      'a number or text',
      { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$' },
      [5, '5%'],
      ['five', 1.5, true],
    ],
    ['another kind', { $ref: 'NetworkChaos.json' }, ['referred'], ['other']],
    [
      'fields',
      { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['a'] },
      [{ a: 'x' }, { a: 'x', b: 'y' }],
      [{}, { b: 'y' }, { a: 'x', c: 'z' }],
    ],
    [
      'a required field that has a default',
      { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] },
      [{}],
      [{ a: 1 }],
    ],
  ];
  for (const [name, schema, good, bad] of cases) {
    it(`takes ${name}, and nothing else`, () => {
      for (const value of good) expect(accepts(schema, value), JSON.stringify(value)).to.equal(true);
      for (const value of bad) expect(accepts(schema, value), JSON.stringify(value)).to.equal(false);
    });
  }
});
