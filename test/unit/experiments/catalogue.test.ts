import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import type { z } from 'zod';
import { CHAOS_KINDS, pinnedSchema } from '../../../src/experiments/chaos-schemas.js';
import type { ExperimentDocument } from '../../../src/experiments/experiment-schema.js';
import { loadExperiment } from '../../../src/experiments/load-file.js';
import { selectExperiments } from '../../../src/experiments/select-experiments.js';
import { warnAboutKinds } from '../../../src/experiments/warn-about-kinds.js';
import { zodFromStructural } from '../../../src/experiments/zod-from-structural.js';
import { packageRoot } from '../../../src/shared/package-root.js';

const FOLDER = join(packageRoot, 'experiments', 'chaos-mesh');

describe('the catalogue for clusters', () => {
  const documents: ExperimentDocument[] = [];

  before(async () => {
    for (const file of await readdir(FOLDER)) {
      const loaded = await loadExperiment(join(FOLDER, file));
      expect(loaded.ok ? [] : loaded.problems, file).to.deep.equal([]);
      if (!loaded.ok) continue;
      expect(warnAboutKinds(loaded), file).to.deep.equal([]);
      expect(`${loaded.document.metadata.name}.yaml`).to.equal(file);
      documents.push(loaded.document);
    }
  });

  function actionsOf(kind: string): readonly string[] {
    const manifests = documents.flatMap(({ faults }) => faults.map(({ manifest }) => manifest));
    return manifests.filter((manifest) => manifest.kind === kind).map(({ spec }) => String(spec.action));
  }

  it('has an experiment for every kind, and for every action of it', () => {
    for (const kind of CHAOS_KINDS) {
      expect(actionsOf(kind), kind).to.not.be.empty;
      const actions = pinnedSchema(kind).properties?.action?.enum ?? [];
      // A physical machine has forty, most of them those of the other kinds again.
      if (kind !== 'PhysicalMachineChaos') expect(actionsOf(kind), kind).to.include.members([...actions]);
    }
  });

  it('is valid by the CRDs themselves, without what is written by hand here', () => {
    const specOf = (kind: string): z.ZodType =>
      zodFromStructural(pinnedSchema(kind), (reference) => specOf(reference.replace('.json', '')));
    for (const { metadata, faults } of documents)
      for (const { manifest } of faults) {
        const { error } = specOf(manifest.kind).safeParse(manifest.spec);
        expect(error?.issues ?? [], metadata.name).to.deep.equal([]);
      }
  });

  it('has what has no action of its own', () => {
    const specs = documents.flatMap(({ faults }) => faults.map(({ manifest }) => manifest.spec));
    for (const part of ['abort', 'replace', 'patch', 'rate', 'failKernRequest', 'timeOffset'])
      expect(
        specs.some((spec) => part in spec),
        part,
      ).to.equal(true);
    for (const part of ['cpu', 'memory'])
      expect(
        specs.some(({ stressors }) => part in Object(stressors)),
        part,
      ).to.equal(true);
    expect(specs.some(({ delay }) => 'reorder' in Object(delay))).to.equal(true);
  });

  it('says of each what it needs, judges every phase, and can be stopped', () => {
    for (const { metadata, sla, guards, faults } of documents) {
      expect(metadata.labels, metadata.name).to.include({ suite: 'chaos-mesh' }).and.have.property('needs');
      expect(metadata.description, metadata.name).to.be.a('string');
      expect(sla.steady, metadata.name).to.not.be.empty;
      expect(sla.fault, metadata.name).to.not.be.empty;
      expect(sla.recovery, metadata.name).to.not.be.empty;
      expect(guards.stopWhen, metadata.name).to.not.be.empty;
      const picksPods = faults.some(({ manifest }) => 'selector' in manifest.spec);
      if (picksPods) expect(guards.maxTargets, metadata.name).to.be.a('number');
    }
  });

  it('names no namespace, so that the environment decides', () => {
    const text = JSON.stringify(documents.map(({ faults }) => faults));
    expect(text).to.not.include('"namespace');
  });

  it('is not taken for the local one', async () => {
    for (const paths of ['experiments/*.yaml', 'experiments/suites/nightly.yaml']) {
      const selected = await selectExperiments([join(packageRoot, paths)], {});
      if (!selected.ok) throw new Error(paths);
      const names = selected.experiments.map(({ path }) => path);
      expect(names).to.not.be.empty;
      expect(names.filter((path) => path.includes('chaos-mesh')).map((path) => basename(path))).to.be.empty;
    }
  });
});
