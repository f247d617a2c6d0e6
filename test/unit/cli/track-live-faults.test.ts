import { expect } from 'chai';
import { createLiveFaults } from '../../../src/cli/cli-context.js';
import { trackLiveFaults } from '../../../src/cli/track-live-faults.js';

describe('trackLiveFaults', () => {
  function track() {
    const live = createLiveFaults();
    const observer = trackLiveFaults(live, 'local');
    const event = (kind: string, target = 'delay') => {
      observer.event({ atMs: 0, kind, message: '', target });
    };
    return { live, observer, event };
  }

  it('holds a fault for live from the request to the proof that it is gone', () => {
    const { live, event } = track();
    expect(live.get()).to.equal(undefined);
    event('fault-requested');
    event('fault-requested', 'kill');
    expect(live.get()).to.deep.equal({ faults: ['delay', 'kill'], environment: 'local' });
    event('fault-recovered');
    expect(live.get()?.faults).to.deep.equal(['kill']);
    event('fault-recovered', 'kill');
    expect(live.get()).to.equal(undefined);
  });

  it('lets go of a fault that never got in once recovery is over', () => {
    const { live, observer, event } = track();
    event('fault-requested');
    observer.step({ kind: 'recover', faults: ['delay'] });
    expect(live.get()?.faults).to.deep.equal(['delay']);
    observer.step({ kind: 'stop' });
    expect(live.get()).to.equal(undefined);
  });

  it('keeps one that could not be proven gone', () => {
    const { live, observer, event } = track();
    event('fault-requested');
    observer.step({ kind: 'recover', faults: ['delay'] });
    event('fault-unconfirmed');
    observer.step({ kind: 'stop' });
    expect(live.get()?.faults).to.deep.equal(['delay']);
  });
});
