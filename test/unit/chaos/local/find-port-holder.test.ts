import { expect } from 'chai';
import { listeningSockets } from '../../../../src/chaos/local/find-port-holder.js';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:46A0 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0000000000000000 100 0 0 10 0
   1: 0100007F:46A0 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000  1000        0 31400 1 0000000000000000 20 4 30 10 -1
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20000 1 0000000000000000 100 0 0 10 0
`;

describe('listeningSockets', () => {
  it('finds who listens on a port, not who is connected to it', () => {
    expect(listeningSockets(TABLE, 18080)).to.deep.equal(['31337']);
    expect(listeningSockets(TABLE, 8080)).to.deep.equal(['20000']);
    expect(listeningSockets(TABLE, 80)).to.deep.equal([]);
  });
});
