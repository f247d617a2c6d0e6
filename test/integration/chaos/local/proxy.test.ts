import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import type { ProxyHandle } from '../../../../src/chaos/local/proxy/proxy-handle.js';
import { startProxy } from '../../../../src/chaos/local/proxy/start-proxy.js';
import { PlimsollError } from '../../../../src/shared/errors.js';
import { processStartToken } from '../../../../src/shared/process-identity.js';
import { spawnProcess } from '../../../../src/shared/spawn-process.js';
import { freePort } from '../../../support/free-port.js';
import { createProxyWorld, echo, type ProxyWorld } from '../../../support/proxy-world.js';
import { realClock } from '../../../support/real-clock.js';
import { waitUntil } from '../../../support/wait-until.js';

describe('the fault proxy', () => {
  let world: ProxyWorld;
  let proxy: ProxyHandle;

  beforeEach(async () => {
    world = await createProxyWorld();
    ({ proxy } = world);
  });

  afterEach(async () => {
    await world.end();
  });

  describe('forwards', () => {
    it('new connections to the ready replicas in turn', async () => {
      const replicas = await Promise.all(['a', 'b', 'c'].map((id) => world.replica(id, echo(id))));
      await proxy.setReplicas(
        'orders',
        replicas.map((replica) => ({ ...replica, ready: replica.id !== 'b' })),
      );
      const clients = [];
      for (let index = 0; index < 4; index++) {
        const client = await world.client();
        client.socket.write('x');
        await waitUntil('the echo is there', () => client.received().endsWith(';'));
        clients.push(client);
      }
      expect(clients.map((client) => client.received())).to.have.members(['a:x;', 'a:x;', 'c:x;', 'c:x;']);
      const { replicas: traffic, services } = await proxy.stats();
      expect(services).to.deep.equal([{ service: 'orders', acceptedConnections: 4, refusedConnections: 0 }]);
      expect(traffic.map(({ id, openConnections }) => [id, openConnections])).to.deep.equal([
        ['a', 2],
        ['b', 0],
        ['c', 2],
      ]);
      expect(traffic[0]).to.include({ acceptedConnections: 2, bytesToReplica: 2, bytesFromReplica: 8 });
    });

    it('the end of one direction, and still what comes in the other', async () => {
      await proxy.setReplicas('orders', [await world.replica('a', echo('a'))]);
      const client = await world.client();
      client.socket.end('last words');
      await waitUntil('the other direction has ended', () => client.ended() === 'end');
      expect(client.received()).to.equal('a:last words;a saw the end');
      await waitUntil('the connection is forgotten', async () => {
        return (await proxy.stats()).replicas[0]?.openConnections === 0;
      });
    });

    it('the reset of a replica, behind what it sent', async () => {
      const replica = await world.replica('a', (socket) => {
        socket.write('first', () => setTimeout(() => socket.resetAndDestroy(), 50));
      });
      await proxy.setReplicas('orders', [replica]);
      const client = await world.client();
      await waitUntil('the reset arrives', () => client.ended() === 'reset');
      expect(client.received()).to.equal('first');
    });

    it('the reset of a client', async () => {
      let ended: string | undefined;
      const replica = await world.replica('a', (socket) => {
        socket.resume();
        socket.on('error', ({ message }) => (ended = message));
      });
      await proxy.setReplicas('orders', [replica]);
      const client = await world.client();
      client.socket.write('x');
      await waitUntil(
        'the replica has it',
        async () => (await proxy.stats()).replicas[0]?.bytesToReplica === 1,
      );
      client.socket.resetAndDestroy();
      await waitUntil('the replica is told', () => ended !== undefined);
      expect(ended).to.contain('ECONNRESET');
    });

    it('at the pace of the reader, without keeping the rest in memory', async () => {
      const total = 64 * 1024 * 1024;
      const replica = await world.replica('a', (socket) => {
        socket.end(Buffer.alloc(total));
      });
      await proxy.setReplicas('orders', [replica]);
      const socket = connect({ port: world.port, host: '127.0.0.1' });
      let readMs = 0;
      let carried = -1;
      await waitUntil('the proxy stops reading from the replica', async () => {
        const { replicas } = await proxy.stats();
        const now = replicas[0]?.bytesFromReplica ?? 0;
        if (now === 0 || now !== carried) readMs = performance.now();
        carried = now;
        return performance.now() - readMs > 500;
      });
      // What lies in the buffers of the kernel was carried too.
      expect(carried).to.be.below(total / 2);
      let received = 0;
      socket.on('data', (bytes) => (received += bytes.length));
      await once(socket, 'end');
      socket.destroy();
      expect(received).to.equal(total);
    });
  });

  describe('resets', () => {
    it('connections for which no replica is ready', async () => {
      await proxy.setReplicas('orders', [{ ...(await world.replica('a', echo('a'))), ready: false }]);
      const client = await world.client();
      await waitUntil('the connection is reset', () => client.ended() === 'reset');
      const { services } = await proxy.stats();
      expect(services[0]).to.include({ acceptedConnections: 1, refusedConnections: 1 });
    });

    it('connections for which no replica can be reached, once all were tried', async () => {
      const gone = { id: 'gone', uid: 'gone', host: '127.0.0.1', port: await freePort(), ready: true };
      const there = await world.replica('a', echo('a'));
      await proxy.setReplicas('orders', [gone, there]);
      for (let index = 0; index < 3; index++) {
        const client = await world.client();
        client.socket.write('x');
        await waitUntil('the other replica answers', () => client.received() === 'a:x;');
      }
      await proxy.setReplicas('orders', [gone]);
      const client = await world.client();
      await waitUntil('the connection is reset', () => client.ended() === 'reset');
      expect((await proxy.stats()).services[0]).to.include({ acceptedConnections: 4, refusedConnections: 1 });
    });

    it('the connections of a replica that is replaced, and no others', async () => {
      const [a, b] = [await world.replica('a', echo('a')), await world.replica('b', echo('b'))];
      await proxy.setReplicas('orders', [a, b]);
      const [first, second] = [await world.client(), await world.client()];
      for (const client of [first, second]) client.socket.write('x');
      await waitUntil('both answer', () => first.received() !== '' && second.received() !== '');

      await proxy.setReplicas('orders', [{ ...a, ready: false }, b]);
      first.socket.write('y');
      await waitUntil('one that is not ready keeps what it has', () => first.received() === 'a:x;a:y;');

      await proxy.setReplicas('orders', [{ ...a, uid: 'another instance' }, b]);
      await waitUntil('the connection is reset', () => first.ended() === 'reset');
      second.socket.write('y');
      await waitUntil('the other one works', () => second.received() === 'b:x;b:y;');
      const { replicas } = await proxy.stats();
      expect(replicas.map(({ uid, openConnections }) => [uid, openConnections])).to.deep.equal([
        [a.uid, 0],
        ['another instance', 0],
        [b.uid, 1],
      ]);
    });
  });

  describe('listens', () => {
    it('for exactly the services that it is given', async () => {
      const [other, third] = [await freePort(), await freePort()];
      await proxy.setServices([
        { name: 'orders', port: other },
        { name: 'stock', port: third },
      ]);
      await proxy.setReplicas('stock', [await world.replica('s', echo('s'))]);
      expect(await isListening(world.port)).to.equal(false);
      expect(await isListening(other)).to.equal(true);
      // The two change places.
      await proxy.setServices([
        { name: 'stock', port: other },
        { name: 'orders', port: third },
      ]);
      const socket = connect(other, '127.0.0.1');
      socket.write('x');
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      expect(bytes.toString()).to.equal('s:x;');
      socket.destroy();
    });

    it('on none of the new ports where one is in use, and says which', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const fine = await freePort();
      try {
        const error = await rejectionOf(
          proxy.setServices([
            { name: 'orders', port: world.port },
            { name: 'stock', port: fine },
            { name: 'mail', port },
          ]),
        );
        expect(error).to.be.instanceOf(PlimsollError);
        expect(error.code).to.equal('NOT_READY');
        expect(error.message).to.contain(`port ${port}`).and.to.contain('mail').and.to.contain('in use');
        expect(error.remedy).to.contain(`${port}`).and.to.contain('plimsoll.yaml');
        expect(await isListening(fine)).to.equal(false);
        expect(await isListening(world.port)).to.equal(true);
      } finally {
        taken.close();
      }
    });

    it('on no port twice', async () => {
      const port = await freePort();
      const error = await rejectionOf(
        proxy.setServices([
          { name: 'orders', port },
          { name: 'stock', port },
        ]),
      );
      expect(error.code).to.equal('NOT_READY');
      expect(error.message).to.contain('orders').and.to.contain('stock').and.to.contain(`${port}`);
    });
  });

  describe('ends', () => {
    it('with nothing left that listens or is connected', async () => {
      await proxy.setReplicas('orders', [await world.replica('a', echo('a'))]);
      const client = await world.client();
      client.socket.write('x');
      await waitUntil('it works', () => client.received() !== '');
      await proxy.stop();
      await proxy.stop();
      expect(await proxy.exited).to.deep.equal({ status: 'exited', code: 0, stderr: '' });
      expect(await isListening(world.port)).to.equal(false);
      await waitUntil('the client is reset', () => client.ended() === 'reset');
    });

    it('by force when it does not answer', async () => {
      const stuck = await startProxy({ clock: realClock, deadlineMs: 300 });
      process.kill(stuck.pid, 'SIGSTOP');
      const error = await rejectionOf(stuck.stats());
      expect(error.code).to.equal('DEADLINE');
      await stuck.stop();
      expect(await stuck.exited).to.deep.equal({ status: 'signalled', signal: 'SIGKILL', stderr: '' });
    });

    it('for good when somebody kills it, and says so', async () => {
      process.kill(proxy.pid, 'SIGKILL');
      expect(await proxy.exited).to.deep.equal({ status: 'signalled', signal: 'SIGKILL', stderr: '' });
      const error = await rejectionOf(proxy.stats());
      expect(error.code).to.equal('NOT_READY');
      expect(error.message).to.contain('SIGKILL');
      await proxy.stop();
    });

    it('when the process that started it is killed', async () => {
      const entry = new URL('../../../../src/chaos/local/proxy/start-proxy.js', import.meta.url).href;
      const clock = '{ nowMs: Date.now, wallMs: Date.now, sleep: (ms) => new Promise(() => {}) }';
      const script = `const { startProxy } = await import('${entry}'); const { pid } = await startProxy({ clock: ${clock} }); console.log(pid); setInterval(() => {}, 1000);`;
      const outcome = await spawnProcess({
        command: [process.execPath, '--input-type=module', '-e', script],
        stdout: 'pipe',
      });
      if (outcome.status === 'not-started') throw new Error(outcome.reason);
      const { child, exited } = outcome.process;
      const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
      const orphan = Number(line.toString());
      expect(await processStartToken(orphan)).to.be.a('string');
      child.kill('SIGKILL');
      await exited;
      await waitUntil('the proxy has ended', async () => (await processStartToken(orphan)) === undefined);
    });

    it('when its start is called off', async () => {
      let pid = 0;
      const error = await rejectionOf(
        startProxy({
          clock: realClock,
          onSpawn: (spawned) => {
            pid = spawned;
            throw new PlimsollError('NOT_READY', 'the journal could not be written');
          },
        }),
      );
      expect(error.message).to.equal('the journal could not be written');
      expect(await processStartToken(pid)).to.be.undefined;
    });
  });
});

async function rejectionOf(promise: Promise<unknown>): Promise<PlimsollError> {
  try {
    await promise;
  } catch (error) {
    return error as PlimsollError;
  }
  throw new Error('it did not reject');
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const outcome = await new Promise<string | undefined>((resolve) => {
    socket.once('connect', () => {
      resolve('connected');
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code);
    });
  });
  socket.destroy();
  return outcome !== 'ECONNREFUSED'; // a reset comes from somebody who listens
}
