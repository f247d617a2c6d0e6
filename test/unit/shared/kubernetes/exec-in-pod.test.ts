import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import type { ExecSession } from '../../../../src/shared/kubernetes/kube-client.js';
import { KubeError } from '../../../../src/shared/kubernetes/kube-error.js';
import { answer, openFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.js';
import { acceptExec, type FakeExec } from '../../../support/fake-exec.js';
import { waitUntil } from '../../../support/wait-until.js';

const COMMAND = { namespace: 'load', pod: 'k6-1', container: 'k6', command: ['sh', '/a b.sh'] };
const SOON = () => AbortSignal.timeout(20_000);

describe('a command in a pod', () => {
  let server: FakeApiServer;
  let output: string;
  afterEach(async () => {
    await server.close();
  });

  const start = async (accept: (socket: Duplex) => void): Promise<ExecSession> => {
    output = '';
    server = await openFakeApiServer(
      () => undefined,
      { user: 'jane', groups: ['sre'] },
      (_, socket) => {
        accept(socket);
      },
    );
    return await server.client.exec(COMMAND, (bytes) => (output += Buffer.from(bytes).toString()), SOON());
  };

  it('gets its input, and tells its output alone', async () => {
    const session = await start((socket) =>
      acceptExec(socket, (text, command) => {
        command.send(2, 'a complaint');
        command.send(1, text.toUpperCase());
      }),
    );
    session.write('hello');
    await waitUntil('the output', () => output === 'HELLO');
    expect(server.requests).to.deep.equal([
      'GET /api/v1/namespaces/load/pods/k6-1/exec?command=sh&command=/a+b.sh&container=k6&stdin=true&stdout=true&stderr=false&tty=false',
    ]);
    expect(server.last.headers).to.include({
      authorization: 'Bearer a-token',
      'impersonate-user': 'jane',
      'sec-websocket-protocol': 'v4.channel.k8s.io',
    });
    session.close();
    expect(await session.ended).to.include('cut');
  });

  it('ends with what the kubelet says of it', async () => {
    let command: FakeExec | undefined;
    const session = await start((socket) => (command = acceptExec(socket)));
    command?.send(3, '{"status":"Failure","message":"command terminated with exit code 137"}');
    command?.close();
    expect(await session.ended).to.equal('command terminated with exit code 137');
  });

  it('ends when its connection is cut, and takes no harm from what is written then', async () => {
    let peer: Duplex | undefined;
    const session = await start((socket) => {
      peer = socket;
      acceptExec(socket);
    });
    peer?.destroy();
    expect(await session.ended).to.match(/cut|broke/);
    session.write('anybody?');
    session.close();
  });

  it('is refused in the words of the API server', async () => {
    server = await openFakeApiServer((_, response) => {
      answer(response, { message: 'pods "k6-1" not found', reason: 'NotFound' }, 404);
    });
    const error: unknown = await server.client
      .exec(COMMAND, () => undefined, SOON())
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(KubeError).and.include({ status: 404, reason: 'NotFound' });
  });
});
