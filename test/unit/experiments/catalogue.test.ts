import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import type { z } from 'zod';
import { readLocalFault } from '../../../src/chaos/local/read-local-fault.js';
import { isNativeKind, NATIVE_KINDS } from '../../../src/chaos/native-kinds.js';
import { needsOf } from '../../../src/cli/needs-of.js';
import { CHAOS_KINDS, pinnedSchema } from '../../../src/experiments/chaos-schemas.js';
import type { ExperimentDocument } from '../../../src/experiments/experiment-schema.js';
import { loadExperiment } from '../../../src/experiments/load-file.js';
import { selectExperiments } from '../../../src/experiments/select-experiments.js';
import { warnAboutKinds } from '../../../src/experiments/warn-about-kinds.js';
import { zodFromStructural } from '../../../src/experiments/zod-from-structural.js';
import { packageRoot } from '../../../src/shared/package-root.js';

describe('the catalogue for clusters', () => {
  const documents: ExperimentDocument[] = [];

  before(async () => {
    documents.push(...(await loadFolder('chaos-mesh')));
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

  it('says of each what it needs, judges every phase, can be stopped, and names no namespace', () => {
    expectComplete(documents, 'chaos-mesh');
  });

  it('is not taken for the local one', async () => {
    for (const paths of ['experiments/*.yaml', 'experiments/suites/nightly.yaml']) {
      const selected = await selectExperiments([join(packageRoot, paths)], {});
      if (!selected.ok) throw new Error(paths);
      const names = selected.experiments.map(({ path }) => path);
      expect(names).to.not.be.empty;
      expect(names.filter((path) => /chaos-mesh|kubernetes/.test(path)).map((path) => basename(path))).to.be
        .empty;
    }
  });
});

describe("the catalogue of Plimsoll's own faults", () => {
  it('has experiments for every kind, each complete', async () => {
    const documents = await loadFolder('kubernetes');
    expectComplete(documents, 'kubernetes');
    const kinds = documents.flatMap(({ faults }) => faults.map(({ manifest }) => manifest.kind));
    expect(kinds).to.include.members([...NATIVE_KINDS]);
  });

  it('needs a cluster, and is refused on this machine for that reason', async () => {
    for (const document of await loadFolder('kubernetes')) {
      expect(needsOf(document).drivers).to.deep.equal(['kubernetes']);
      const [fault] = document.faults;
      if (fault === undefined) throw new Error('it has a fault');
      const read = readLocalFault(fault.manifest);
      expect(read.status === 'refused' && read.refusals.map(({ code }) => code)).to.deep.equal([
        'needs-a-cluster',
      ]);
    }
  });
});

describe('the local catalogue', () => {
  it('asks a Prometheus server for what the demo service exports, and says that it needs one', async () => {
    const documents = await loadFolder('.');
    const asking = documents.filter(({ sla }) => JSON.stringify(sla).includes('"prometheus"'));
    expect(asking).to.not.be.empty;
    const demo = await readFile(join(packageRoot, 'demo', 'order-service.mjs'), 'utf8');
    for (const { metadata, sla } of asking) {
      expect(metadata.labels).to.include({ needs: 'prometheus' });
      const names = JSON.stringify(sla).match(/\borders_\w+/g) ?? [];
      expect(names).to.not.be.empty;
      for (const name of names) expect(demo).to.include(`\`${name}{`);
    }
  });
});

async function loadFolder(name: string): Promise<readonly ExperimentDocument[]> {
  const folder = join(packageRoot, 'experiments', name);
  const documents: ExperimentDocument[] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.yaml'))) {
    const loaded = await loadExperiment(join(folder, file));
    expect(loaded.ok ? [] : loaded.problems, file).to.deep.equal([]);
    if (!loaded.ok) continue;
    expect(warnAboutKinds(loaded), file).to.deep.equal([]);
    expect(`${loaded.document.metadata.name}.yaml`).to.equal(file);
    documents.push(loaded.document);
  }
  return documents;
}

/** The environment decides on the namespace, and so no experiment may. */
function expectComplete(documents: readonly ExperimentDocument[], suite: string): void {
  expect(documents).to.not.be.empty;
  for (const { metadata, sla, guards, faults } of documents) {
    expect(metadata.labels, metadata.name).to.include({ suite }).and.have.property('needs');
    expect(metadata.description, metadata.name).to.be.a('string');
    expect(sla.steady, metadata.name).to.not.be.empty;
    expect(sla.fault, metadata.name).to.not.be.empty;
    expect(sla.recovery, metadata.name).to.not.be.empty;
    expect(guards.stopWhen, metadata.name).to.not.be.empty;
    const picksPods = faults.some(
      ({ manifest }) => 'selector' in manifest.spec || isNativeKind(manifest.kind),
    );
    if (picksPods) expect(guards.maxTargets, metadata.name).to.be.a('number');
    expect(JSON.stringify(faults), metadata.name).to.not.include('"namespace');
  }
}
