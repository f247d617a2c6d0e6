import { expect } from 'chai';
import type { ProxyHandle, ProxyReplica } from '../../../../src/chaos/local/proxy/proxy-handle.js';
import type {
  BandwidthFault,
  DelayFault,
  PartitionFault,
} from '../../../../src/chaos/local/proxy/proxy-rule.js';
import {
  aRule,
  createProxyWorld,
  doseOf,
  echo,
  type ProxyWorld,
  type TestClient,
} from '../../../support/proxy-world.js';
import { realClock } from '../../../support/real-clock.js';
import { waitUntil } from '../../../support/wait-until.js';

/** So long that whatever arrives has been let go, and has not waited it out. */
const FOR_EVER_MS = 3_600_000;

const aDelay = (latencyMs: number): DelayFault => ({ type: 'delay', latencyMs, jitterMs: 0, correlation: 0 });
const aPartition = (direction: PartitionFault['direction']): PartitionFault => ({
  type: 'partition',
  direction,
});

describe('the network faults of the proxy', () => {
  let world: ProxyWorld;
  let proxy: ProxyHandle;

  beforeEach(async () => {
    world = await createProxyWorld();
    ({ proxy } = world);
  });

  afterEach(async () => {
    await world.end();
  });

  /** A replica that echoes, and keeps what it saw. */
  async function anEcho(id: string): Promise<{ replica: ProxyReplica; seen: () => string }> {
    let seen = '';
    const replica = await world.replica(id, (socket) => {
      socket.on('data', (bytes) => (seen += bytes.toString('latin1')));
      echo(id)(socket);
    });
    return { replica, seen: () => seen };
  }

  async function warmClient(): Promise<TestClient> {
    const client = await world.client();
    await exchange(client, 'warm');
    return client;
  }

  describe('delay', () => {
    it('holds what the replica sends, and a new connection once more at its start', async () => {
      const { replica } = await anEcho('a');
      await proxy.setReplicas('orders', [replica]);
      const open = await warmClient();
      const atMs = await proxy.setFaults([aRule(aDelay(150), replica)]);
      expect(atMs).to.be.closeTo(realClock.nowMs(), 5000);

      expect(await exchange(open, 'x')).to.be.at.least(150);
      const fresh = await world.client();
      expect(await exchange(fresh, 'y')).to.be.at.least(300);
      // A busy machine adds something now and then, but not each time.
      const later: number[] = [];
      do later.push(await exchange(fresh, 'z'));
      while (later.at(-1)! >= 300 && later.length < 20);
      expect(Math.min(...later)).to.be.within(150, 300);

      const dose = await doseOf(proxy, 'delay', replica);
      expect(dose).to.include({ active: true, chunksDelayed: 2 + later.length, connectionsDelayed: 1 });
      expect(dose.meanAddedMs).to.be.at.least(150);
    });

    it('keeps the order and loses nothing under jitter', async () => {
      const lines = Array.from({ length: 50 }, (_, index) => `line ${index};`);
      const replica = await world.replica('a', (socket) => {
        // One after the other: timers of several lengths may fire in any order where the process is late.
        void (async () => {
          for (const line of lines) {
            socket.write(line);
            await realClock.sleep(2, new AbortController().signal);
          }
        })();
      });
      await proxy.setReplicas('orders', [replica]);
      const fault: DelayFault = { type: 'delay', latencyMs: 60, jitterMs: 50, correlation: 0.25 };
      await proxy.setFaults([aRule(fault, replica)]);
      const client = await world.client();
      await waitUntil('everything has arrived', () => client.received().length === lines.join('').length);
      expect(client.received()).to.equal(lines.join(''));
    });

    it('lets go at once what it held when it is taken out', async () => {
      const { replica, seen } = await anEcho('a');
      await proxy.setReplicas('orders', [replica]);
      const open = await warmClient();
      await proxy.setFaults([aRule(aDelay(FOR_EVER_MS), replica)]);
      open.socket.write('x');
      const fresh = await world.client();
      fresh.socket.write('y');
      await waitUntil('the replica has what the open connection sent', () => seen() === 'warmx');
      await waitUntil('the proxy has its answer', async () => {
        return (await proxy.stats()).replicas[0]?.bytesFromReplica === 'a:warm;a:x;'.length;
      });
      expect(open.received()).to.equal('a:warm;');

      await proxy.setFaults([]);
      await waitUntil('what was held arrives', () => open.received() === 'a:warm;a:x;');
      await waitUntil('the new connection is made', () => fresh.received() === 'a:y;');
      const dose = await doseOf(proxy, 'delay', replica);
      expect(dose).to.include({ active: false, chunksDelayed: 1, connectionsDelayed: 1 });
      expect(await exchange(fresh, 'z')).to.be.below(FOR_EVER_MS);
      expect((await doseOf(proxy, 'delay', replica)).chunksDelayed).to.equal(1);
    });

    it('touches no other replica, and no new instance of its own', async () => {
      const [a, b] = [(await anEcho('a')).replica, (await anEcho('b')).replica];
      await proxy.setReplicas('orders', [a, b]);
      await proxy.setFaults([aRule(aDelay(FOR_EVER_MS), a)]);
      const clients = [await world.client(), await world.client()];
      for (const client of clients) client.socket.write('x');
      await waitUntil('the other replica answers', () =>
        clients.some((client) => client.received() === 'b:x;'),
      );
      expect(clients.filter((client) => client.received() === '')).to.have.length(1);

      await proxy.setReplicas('orders', [{ ...a, uid: 'a new instance' }]);
      await waitUntil('its connection is reset', () => clients.some((client) => client.ended() === 'reset'));
      await exchange(await world.client(), 'y');
      const { doses } = await proxy.stats();
      expect(doses).to.have.length(1);
      expect(doses[0]).to.include({ replicaUid: a.uid, chunksDelayed: 0 });
    });

    it('goes on counting when another rule is set beside it', async () => {
      const { replica } = await anEcho('a');
      await proxy.setReplicas('orders', [replica]);
      const client = await warmClient();
      const delay = aRule(aDelay(50), replica);
      await proxy.setFaults([delay]);
      await exchange(client, 'x');
      await proxy.setFaults([delay, { ...aRule(aDelay(70), replica), id: 'another' }]);
      expect(await exchange(client, 'y')).to.be.at.least(120);
      const { doses } = await proxy.stats();
      expect(doses.map((dose) => dose.type === 'delay' && [dose.ruleId, dose.chunksDelayed])).to.deep.equal([
        ['delay', 2],
        ['another', 1],
      ]);
    });
  });

  describe('bandwidth', () => {
    const fault: BandwidthFault = { type: 'bandwidth', bytesPerSecond: 400_000, burstBytes: 20_000 };

    it('lets what a replica sends over all its connections pass at the rate', async () => {
      const bytes = 100_000;
      const replica = await world.replica('a', (socket) => {
        socket.once('data', () => socket.end(Buffer.alloc(bytes)));
      });
      const other = await world.replica('b', (socket) => {
        socket.once('data', () => socket.end(Buffer.alloc(bytes)));
      });
      await proxy.setReplicas('orders', [replica, other]);
      await proxy.setFaults([aRule(fault, replica)]);
      const clients: TestClient[] = [];
      for (let index = 0; index < 4; index++) clients.push(await world.client());
      const startMs = performance.now();
      for (const client of clients) client.socket.end('go');
      await waitUntil('all have everything', () => clients.every((client) => client.ended() === 'end'));
      // Two of the four went to the replica that is shaped.
      const leastMs = ((2 * bytes - fault.burstBytes) / fault.bytesPerSecond) * 1000;
      expect(performance.now() - startMs).to.be.at.least(leastMs - 1);
      for (const client of clients) expect(client.received()).to.have.length(bytes);
      const dose = await doseOf(proxy, 'bandwidth', replica);
      expect(dose).to.include({ active: true, bytesPassed: 2 * bytes });
      expect(dose.bytesThrottled).to.be.within(1, 2 * bytes);
    });

    it('lets the rest go at once when it is taken out', async () => {
      const bytes = 300_000;
      const replica = await world.replica('a', (socket) => {
        socket.end(Buffer.alloc(bytes));
      });
      await proxy.setReplicas('orders', [replica]);
      await proxy.setFaults([aRule({ ...fault, bytesPerSecond: 10 }, replica)]);
      const client = await world.client();
      await waitUntil('the burst is there', () => client.received().length >= 15_000);
      expect(client.received().length).to.be.below(bytes);
      await proxy.setFaults([]);
      await waitUntil(
        'the rest is there',
        () => client.received().length === bytes && client.ended() === 'end',
      );
    });
  });

  describe('partition', () => {
    it('`to` holds what the replica sends, and keeps the connection open', async () => {
      const { replica, seen } = await anEcho('a');
      await proxy.setReplicas('orders', [replica]);
      const open = await warmClient();
      await proxy.setFaults([aRule(aPartition('to'), replica)]);
      open.socket.write('x');
      await waitUntil('the replica has it', () => seen() === 'warmx');
      await waitUntil('the answer is held', async () => {
        return (await doseOf(proxy, 'partition', replica)).bytesHeld === 'a:x;'.length;
      });
      expect(open.received()).to.equal('a:warm;');
      expect(open.ended()).to.equal('open');
      await proxy.setFaults([]);
      await waitUntil('the answer arrives', () => open.received() === 'a:warm;a:x;');
      expect(await doseOf(proxy, 'partition', replica)).to.include({ active: false, connectionsHeld: 1 });
    });

    it('`from` holds what the replica is sent', async () => {
      const { replica, seen } = await anEcho('a');
      await proxy.setReplicas('orders', [replica]);
      const open = await warmClient();
      await proxy.setFaults([aRule(aPartition('from'), replica)]);
      open.socket.write('held');
      await waitUntil('it is held', async () => (await doseOf(proxy, 'partition', replica)).bytesHeld === 4);
      expect(seen()).to.equal('warm');
      await proxy.setFaults([]);
      await waitUntil('the answer arrives', () => open.received() === 'a:warm;a:held;');
    });

    it('makes no new connection in any direction, and makes it when it is over', async () => {
      const { replica, seen } = await anEcho('a');
      await proxy.setReplicas('orders', [replica]);
      for (const direction of ['to', 'from', 'both'] as const) {
        await proxy.setFaults([{ ...aRule(aPartition(direction), replica), id: direction }]);
        const [staying, leaving] = [await world.client(), await world.client()];
        staying.socket.write(`${direction};`);
        leaving.socket.end('gave up');
        await waitUntil('who gave up is forgotten', () => leaving.ended() === 'reset');
        expect(staying.ended()).to.equal('open');
        expect(seen()).to.not.contain(direction);
        await proxy.setFaults([]);
        await waitUntil('the answer arrives', () => staying.received() === `a:${direction};;`);
      }
      expect(seen()).to.equal('to;from;both;');
      // Those that stayed are open when the next one comes.
      const { doses } = await proxy.stats();
      expect(doses.map((dose) => dose.type === 'partition' && dose.connectionsHeld)).to.deep.equal([2, 3, 4]);
    });

    it('holds a bounded part of a long answer, and leaves the rest to the replica', async () => {
      const total = 64 * 1024 * 1024;
      const replica = await world.replica('a', (socket) => {
        socket.once('data', () => socket.end(Buffer.alloc(total)));
      });
      await proxy.setReplicas('orders', [replica]);
      const client = await world.client();
      await waitUntil(
        'it is connected',
        async () => (await proxy.stats()).replicas[0]?.acceptedConnections === 1,
      );
      await proxy.setFaults([aRule(aPartition('to'), replica)]);
      client.socket.write('go');
      await waitUntil(
        'it holds something',
        async () => (await doseOf(proxy, 'partition', replica)).bytesHeld > 500_000,
      );
      expect((await doseOf(proxy, 'partition', replica)).bytesHeld).to.be.below(4 * 1024 * 1024);
      await proxy.setFaults([]);
      await waitUntil('everything arrives', () => client.received().length === total);
    });
  });

  it('act together: what is delayed is shaped too, and a partition holds both', async () => {
    const replica = await world.replica('a', (socket) => {
      socket.once('data', () => socket.end(Buffer.alloc(50_000)));
    });
    await proxy.setReplicas('orders', [replica]);
    const client = await world.client();
    await waitUntil(
      'it is connected',
      async () => (await proxy.stats()).replicas[0]?.acceptedConnections === 1,
    );
    const slow: BandwidthFault = { type: 'bandwidth', bytesPerSecond: 200_000, burstBytes: 10_000 };
    const rules = [aRule(aDelay(100), replica), aRule(slow, replica)];
    await proxy.setFaults([...rules, aRule(aPartition('to'), replica)]);
    const startMs = performance.now();
    client.socket.write('go');
    await waitUntil(
      'all is held',
      async () => (await doseOf(proxy, 'partition', replica)).bytesHeld === 50_000,
    );
    expect(client.received()).to.equal('');
    await proxy.setFaults(rules);
    await waitUntil('everything arrives', () => client.ended() === 'end');
    expect(performance.now() - startMs).to.be.at.least(100 + 200 - 1);
    expect(client.received()).to.have.length(50_000);
    expect((await doseOf(proxy, 'bandwidth', replica)).bytesPassed).to.equal(50_000);
  });
});

/** Sends a text to an echo and waits for the answer. Returns how long that took. */
async function exchange(client: TestClient, text: string): Promise<number> {
  const before = client.received().length;
  const startMs = performance.now();
  let tookMs = 0;
  client.socket.once('data', () => (tookMs = performance.now() - startMs));
  client.socket.write(text);
  await waitUntil(`the echo of ${text} is there`, () => tookMs > 0 && client.received().length > before);
  return tookMs;
}
