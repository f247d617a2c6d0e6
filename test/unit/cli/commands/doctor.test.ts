import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { doctor } from '../../../../src/cli/commands/doctor.js';
import { EXIT } from '../../../../src/shared/exit.js';
import { rejectionOf } from '../../../support/rejection-of.js';
import { aContext } from '../../../support/a-context.js';
import { aChaosMeshPod, serveCluster, type ServedClusterOptions } from '../../../support/serve-cluster.js';
import { realClock } from '../../../support/real-clock.js';

const PODS = [aChaosMeshPod('controller-manager'), aChaosMeshPod('chaos-daemon')];

describe('doctor --environment', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function look(
    options: ServedClusterOptions,
    how: { json?: boolean; environment?: string; runners?: object } = {},
  ) {
    const server = await serveCluster(options);
    const { runners, ...flags } = how;
    const { kubeconfig } = server;
    const kubernetes = { driver: 'kubernetes', kubeconfig, namespace: 'shop', ...(runners && { runners }) };
    const environments = { staging: kubernetes, laptop: { driver: 'local', services: {} } };
    const config = { apiVersion: 'plimsoll.dev/v1', kind: 'Config', environments };
    await writeFile(join(folder, 'plimsoll.yaml'), JSON.stringify(config));
    const context = aContext({ cwd: folder, clock: realClock });
    try {
      const code = await doctor({ environment: 'staging', ...flags }, context);
      return { code, out: context.out() };
    } finally {
      await server.close();
    }
  }

  it('shows the checks and the rights of a cluster that is ready', async () => {
    const { code, out } = await look({ objects: { pods: PODS } });
    expect(code).to.equal(EXIT.pass);
    expect(out)
      .to.match(/✔ API server +v1\.34\.4 at /)
      .and.to.match(/✔ lease +shop is free/);
    expect(out).to.match(
      /\nrights in shop +create {2}get {2}list {2}watch {2}patch {2}delete\n {2}pods +✔ {5}✔\n/,
    );
  });

  it('ends with 69 where something would stop a run, and says what to do', async () => {
    const { code, out } = await look({ objects: {} });
    expect(code).to.equal(EXIT.notReady);
    expect(out)
      .to.match(/✖ controller .*nobody would inject a fault/)
      .and.to.match(/remedy: Look with: kubectl/);
  });

  it('finds that the k6-operator is missing where it is to make the pods of loads, and only there', async () => {
    const objects = { pods: PODS };
    const { code, out } = await look({ objects }, { runners: { engine: 'k6-operator' } });
    expect(code).to.equal(EXIT.notReady);
    expect(out).to.match(/✖ runners .*the k6-operator is not installed there/);
    expect((await look({ objects }, { runners: { engine: 'job' } })).out).not.to.include('k6-operator');
  });

  it('prints the same as JSON', async () => {
    const { code, out } = await look({ objects: { pods: PODS } }, { json: true });
    const parsed = JSON.parse(out) as {
      healthy: boolean;
      checks: unknown[];
      rights: { namespace: string }[];
    };
    expect(code).to.equal(EXIT.pass);
    expect(parsed.healthy).to.equal(true);
    expect(parsed.rights.map(({ namespace }) => namespace)).to.deep.equal(['shop']);
  });

  it('looks at a local environment as its preflight does', async () => {
    const { code, out } = await look({}, { environment: 'laptop' });
    expect(code).to.equal(EXIT.pass);
    expect(out).to.include('environment laptop').and.not.to.include('API server');
  });

  it('knows the environments of the config alone', async () => {
    const error = await rejectionOf(look({}, { environment: 'stagign' }));
    expect(error).to.have.property('message').that.includes('did you mean "staging"?');
  });
});
