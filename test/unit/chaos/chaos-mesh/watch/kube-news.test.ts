import { expect } from 'chai';
import { readKubeNews } from '../../../../../src/chaos/chaos-mesh/watch/kube-news.js';
import { createKubeNewsTeller } from '../../../../../src/chaos/chaos-mesh/watch/tell-kube-news.js';
import { aPod } from '../../../../support/a-pod.js';

let events = 0;

function anEvent(pod: string, fields: Record<string, unknown> = {}) {
  const involvedObject = { kind: 'Pod', name: pod, uid: aPod(pod).uid };
  const event = { involvedObject, type: 'Warning', reason: 'BackOff', message: 'restarting', ...fields };
  return readKubeNews({ metadata: { name: `e${++events}`, uid: `event-${events}` }, ...event });
}

describe('what Kubernetes says of the targets', () => {
  let told: string[];
  const teller = () => {
    told = [];
    return createKubeNewsTeller((_, message) => told.push(message));
  };

  it('is told where it is a warning, or why a pod goes, and about a target', () => {
    const { take, know } = teller();
    know(aPod('a'));
    take(anEvent('a'));
    take(anEvent('a', { type: 'Normal', reason: 'Killing', message: 'Stopping container app' }));
    take(anEvent('a', { type: 'Normal', reason: 'Pulled', message: 'image is there' }));
    take(anEvent('somebody-else'));
    expect(told).to.deep.equal(['shop/a: BackOff: restarting', 'shop/a: Killing: Stopping container app']);
  });

  it('is told late rather than never of a pod that is not known yet', () => {
    const { take, know } = teller();
    take(anEvent('b', { reason: 'FailedScheduling', message: 'no node is large enough' }));
    expect(told).to.deep.equal([]);
    know(aPod('b'));
    know(aPod('b'));
    expect(told).to.deep.equal(['shop/b: FailedScheduling: no node is large enough']);
  });

  it('is told of those who start pods, too', () => {
    const { take, know } = teller();
    know(aPod('a', { owner: 'ReplicaSet/orders-7d4f' }));
    const involvedObject = { kind: 'ReplicaSet', name: 'orders-7d4f', uid: 'x' };
    take(anEvent('', { involvedObject, reason: 'FailedCreate', message: 'exceeded quota' }));
    expect(told).to.deep.equal(['ReplicaSet/orders-7d4f: FailedCreate: exceeded quota']);
  });

  it('is told again when it has come twice as often, and not each time', () => {
    const { take, know } = teller();
    know(aPod('a'));
    const event = anEvent('a');
    for (let count = 1; count <= 9; count++) take({ ...event, count });
    expect(told).to.deep.equal(
      ['', ' (2 times)', ' (4 times)', ' (8 times)'].map((times) => `shop/a: BackOff: restarting${times}`),
    );
  });
});
