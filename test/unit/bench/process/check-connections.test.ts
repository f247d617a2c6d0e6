import { expect } from 'chai';
import { findShortage } from '../../../../src/bench/process/check-connections.js';

const open = (maxVUs: number) => ({ model: 'open', ratePerSecond: 100, maxVUs }) as const;

describe('findShortage()', () => {
  it('has nothing to say where each user can have a connection, or nobody knows', () => {
    expect(findShortage(open(900), { openFiles: 1024, ports: 28_232 })).to.deep.equal([]);
    expect(findShortage(open(1_000_000), { openFiles: undefined, ports: undefined })).to.deep.equal([]);
  });

  it('warns of too few open files, with what to do', () => {
    const [finding, ...others] = findShortage(open(1000), { openFiles: 1024, ports: 28_232 });
    expect(others).to.deep.equal([]);
    expect(finding).to.deep.equal({
      severity: 'warning',
      code: 'too-few-connections',
      message:
        '1,000 users may need as many connections at once, and this machine has open files for 924: ' +
        'what cannot connect looks like a failure of the service',
      remedy: 'raise the hard limit on open files (ulimit -Hn), or lower maxVUs',
    });
  });

  it('warns of too few ports, of a closed load too', () => {
    const [finding] = findShortage({ model: 'closed', vus: 30_000 }, { openFiles: undefined, ports: 28_232 });
    expect(finding?.message).to.include('local ports for 28,232');
    expect(finding?.remedy).to.equal('widen net.ipv4.ip_local_port_range, or lower vus');
  });
});
