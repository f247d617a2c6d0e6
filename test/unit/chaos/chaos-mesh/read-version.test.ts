import { expect } from 'chai';
import { versionOfImage, versionOfMetadata } from '../../../../src/chaos/chaos-mesh/read-version.js';

describe('the version of a part of Chaos Mesh', () => {
  it('is the tag of its image', () => {
    expect(versionOfImage('ghcr.io/chaos-mesh/chaos-mesh:v2.8.3')).to.equal('2.8.3');
    expect(versionOfImage('registry:5000/chaos-mesh/chaos-daemon:2.7.0-rc.1@sha256:0a1b')).to.equal(
      '2.7.0-rc.1',
    );
  });

  it('is unknown where a tag says nothing, or there is none', () => {
    for (const image of [
      'registry:5000/chaos-mesh',
      'chaos-mesh:latest',
      'chaos-mesh:local',
      'chaos-mesh:v0.0.0',
    ]) {
      expect(versionOfImage(image), image).to.equal(undefined);
    }
  });

  it('is what labels and annotations tell, the release before the chart', () => {
    const labels = { 'app.kubernetes.io/version': '2.8.3', 'helm.sh/chart': 'chaos-mesh-2.8.0' };
    expect(versionOfMetadata({ name: 'x', labels })).to.equal('2.8.3');
    expect(versionOfMetadata({ name: 'x', annotations: { 'helm.sh/chart': 'chaos-mesh-v2.7.1' } })).to.equal(
      '2.7.1',
    );
    expect(versionOfMetadata({ name: 'x', labels: { 'app.kubernetes.io/version': '0.0.0' } })).to.equal(
      undefined,
    );
    expect(versionOfMetadata({ name: 'x' })).to.equal(undefined);
  });
});
