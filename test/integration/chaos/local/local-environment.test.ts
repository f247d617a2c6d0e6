import { expect } from 'chai';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { groupMembers, listProcesses } from '../../../../src/chaos/local/process-table.js';
import { PlimsollError } from '../../../../src/shared/errors.js';
import {
  aFreePort,
  aLocalEnvironment,
  aService,
  ask,
  endEnvironments,
  isFree,
} from '../../../support/a-local-environment.js';
import { waitUntil } from '../../../support/wait-until.js';

const never = new AbortController().signal;

describe('the local environment', () => {
  const servers: Server[] = [];
  async function listenOn(port: number): Promise<void> {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await endEnvironments();
  });

  it('serves from every replica behind one address, and leaves nothing behind when it stops', async () => {
    const service = await aService('healthy.mjs', { replicas: 2, env: { COLOUR: 'blue' } });
    const { environment, recorded, events } = await aLocalEnvironment({ orders: service });
    expect(environment.services).to.deep.equal([
      { name: 'orders', url: `http://127.0.0.1:${service.port}`, replicas: 2, labels: { app: 'orders' } },
    ]);
    expect(await environment.preflight(never)).to.deep.equal([]);

    await environment.start(never);

    const url = environment.services[0]!.url;
    const answers = [await ask(url), await ask(url)];
    expect(answers.map(({ replica }) => replica).sort()).to.deep.equal(['orders-1', 'orders-2']);
    expect(recorded.map(({ role }) => role).sort()).to.deep.equal([
      'fault proxy',
      'replica orders-1',
      'replica orders-2',
    ]);
    expect(events.map(({ kind }) => kind)).to.deep.equal(['service-ready']);

    expect(await environment.stop()).to.deep.equal([]);
    expect(await environment.stop()).to.deep.equal([]);
    const living = new Set((await listProcesses()).map(({ pid }) => pid));
    expect(recorded.filter(({ pid }) => living.has(pid))).to.deep.equal([]);
    expect(await isFree(service.port)).to.equal(true);
  });

  it('finds everything that would keep it from starting, at once', async () => {
    const [first, second] = [await aFreePort(), await aFreePort()];
    await listenOn(first);
    const { environment, folder } = await aLocalEnvironment({
      taken: await aService('healthy.mjs', { port: first }),
      missing: await aService('healthy.mjs', { command: ['no-such-program'] }),
      plain: await aService('healthy.mjs', { command: ['./plain.sh'] }),
      lost: await aService('healthy.mjs', { cwd: 'nowhere' }),
      away: { address: `127.0.0.1:${second}`, labels: {}, port: await aFreePort() },
    });
    await writeFile(join(folder, 'plain.sh'), '#!/bin/sh\n');
    await chmod(join(folder, 'plain.sh'), 0o644);

    const findings = await environment.preflight(never);

    expect(findings.map(({ code }) => code)).to.deep.equal([
      'port-in-use',
      'command-not-found',
      'command-not-executable',
      'no-such-folder',
      'service-not-there',
    ]);
    expect(findings[0]?.message).to.contain(`port ${first}`);
    if (process.platform === 'linux') expect(findings[0]?.message).to.contain(`(pid ${process.pid})`);
    expect(findings.every(({ severity, remedy }) => severity === 'stop' && remedy !== '')).to.equal(true);
  });

  it('tells which replica died at its start, how, and what it said', async () => {
    const service = await aService('dies-at-start.mjs');
    const { environment, recorded } = await aLocalEnvironment({
      orders: service,
      payments: await aService('healthy.mjs', { replicas: 2 }),
    });

    const error = await rejection(environment.start(never));

    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.contain('replica orders-1 exited with code 3 before it was ready');
    expect(error.message).to.contain('cannot read the price list');
    for (const { pid } of recorded) expect(await groupMembers(pid)).to.deep.equal([]);
    expect(await isFree(service.port)).to.equal(true);
  });

  it('tells which replica did not get ready in time, and what it answered last', async () => {
    const readiness = { http: '/health', period: 20, timeout: 1500 };
    const { environment } = await aLocalEnvironment({
      orders: await aService('never-ready.mjs', { readiness }),
    });

    const error = await rejection(environment.start(never));

    expect(error.message).to.match(/^replica orders-1 was not ready within 1.5 s \(last answer: .+\)/);
    expect(error.remedy).to.contain('orders-1.log');
  });

  it('tells of a command that cannot be started', async () => {
    const { environment } = await aLocalEnvironment({
      orders: await aService('', { command: ['no-such-program'] }),
    });
    const error = await rejection(environment.start(never));
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.contain('replica orders-1 could not be started');
  });

  it('tells of a stable port that was taken after the preflight', async () => {
    const service = await aService('healthy.mjs');
    const { environment } = await aLocalEnvironment({ orders: service });
    await listenOn(service.port);
    const error = await rejection(environment.start(never));
    expect(error.code).to.equal('NOT_READY');
    expect(error.message).to.contain(String(service.port));
  });

  it('can be stopped in the middle of its start', async () => {
    const { environment, recorded } = await aLocalEnvironment({ orders: await aService('never-ready.mjs') });
    const failure = rejection(environment.start(never));
    await waitUntil('the replica exists', () => recorded.some(({ role }) => role === 'replica orders-1'));

    expect(await environment.stop()).to.deep.equal([]);
    expect((await failure).message).to.contain('called off');
  });

  it('gives up its start when it is interrupted', async () => {
    const { environment, recorded } = await aLocalEnvironment({ orders: await aService('never-ready.mjs') });
    const interrupt = new AbortController();
    const failure = rejection(environment.start(interrupt.signal));
    await waitUntil('the replica exists', () => recorded.some(({ role }) => role === 'replica orders-1'));
    interrupt.abort(new PlimsollError('INTERRUPTED', 'SIGINT'));
    expect((await failure).message).to.contain('SIGINT');
  });

  it('starts a replica again that dies in mid-run, under a new uid', async () => {
    const { environment, events } = await aLocalEnvironment({ orders: await aService('healthy.mjs') });
    await environment.start(never);
    const url = environment.services[0]!.url;
    const before = await ask(url);

    process.kill(before.pid, 'SIGTERM');
    await waitUntil('it is ready again', () => events.some(({ kind }) => kind === 'replica-ready'));

    expect((await ask(url)).pid).to.not.equal(before.pid);
    expect(events.map(({ kind, target }) => `${kind} ${target}`)).to.deep.equal([
      'service-ready orders',
      'replica-exited orders-1',
      'replica-restarted orders-1',
      'replica-ready orders-1',
    ]);
    expect(events[1]?.message).to.contain('orders-1#1 was ended by SIGTERM');
    expect(events[3]?.message).to.contain('orders-1#2');
  });

  it('waits longer each time when a replica keeps dying', async () => {
    const service = await aService('healthy.mjs', { restartBackoff: 100 });
    const { environment, events } = await aLocalEnvironment({ orders: service });
    await environment.start(never);
    const url = environment.services[0]!.url;
    for (const times of [1, 2]) {
      process.kill((await ask(url)).pid, 'SIGKILL');
      await waitUntil(
        'it is ready again',
        () => events.filter(({ kind }) => kind === 'replica-ready').length === times,
      );
    }
    const restarts = events.filter(({ kind }) => kind === 'replica-restarted').map(({ message }) => message);
    expect(restarts).to.have.length(2);
    expect(restarts[0]).to.contain('after 100 ms');
    expect(restarts[1]).to.match(/after [12]00 ms/); // 100 where this machine let it live for long in between
  });

  it('lets the other replica carry on while one is down', async () => {
    const service = await aService('healthy.mjs', { replicas: 2, restartBackoff: 60_000 });
    const { environment, events } = await aLocalEnvironment({ orders: service });
    await environment.start(never);
    const url = environment.services[0]!.url;
    const { pid, replica } = await ask(url);

    process.kill(pid, 'SIGKILL');
    await waitUntil('its exit is told', () => events.some(({ kind }) => kind === 'replica-exited'));

    for (let times = 0; times < 4; times++) expect((await ask(url)).replica).to.not.equal(replica);
  });

  it('ends what a replica started too', async () => {
    const { environment, recorded } = await aLocalEnvironment({
      orders: await aService('healthy.mjs', {
        command: [
          'sh',
          '-c',
          'sleep 1000 & exec "$0" "$1"',
          process.execPath,
          (await aService('healthy.mjs')).command[1]!,
        ],
      }),
    });
    await environment.start(never);
    const { pid } = recorded.find(({ role }) => role === 'replica orders-1')!;
    expect(await groupMembers(pid)).to.have.length(2);

    expect(await environment.stop()).to.deep.equal([]);
    expect(await groupMembers(pid)).to.deep.equal([]);
  });

  it('stands in front of a service that the user started', async () => {
    const own = await aLocalEnvironment({ orders: await aService('healthy.mjs') });
    await own.environment.start(never);
    const address = own.environment.services[0]!.url.replace('http://', '');
    const { environment } = await aLocalEnvironment({
      shop: { address, labels: { app: 'shop' }, port: await aFreePort() },
    });
    expect(await environment.preflight(never)).to.deep.equal([]);

    await environment.start(never);

    expect(environment.services[0]).to.include({ name: 'shop', replicas: 0 });
    expect((await ask(environment.services[0]!.url)).replica).to.equal('orders-1');
  });

  it('tells when the fault proxy dies in mid-run', async () => {
    const { environment, events, recorded } = await aLocalEnvironment({
      orders: await aService('healthy.mjs'),
    });
    await environment.start(never);
    process.kill(recorded.find(({ role }) => role === 'fault proxy')!.pid, 'SIGKILL');
    await waitUntil('its exit is told', () => events.some(({ kind }) => kind === 'proxy-exited'));
    expect(events.at(-1)?.message).to.contain('SIGKILL');
    expect(await environment.stop()).to.deep.equal([]);
  });

  it('cannot start where the logs cannot be written', async () => {
    const { environment, folder } = await aLocalEnvironment({ orders: await aService('healthy.mjs') });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'logs'), 'a file in its way');
    const error = await rejection(environment.start(never));
    expect(error.message).to.contain('the folder for the logs cannot be made');
  });
});

async function rejection(promise: Promise<unknown>): Promise<PlimsollError> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(PlimsollError);
    return error as PlimsollError;
  }
  throw new Error('it was expected to reject');
}
